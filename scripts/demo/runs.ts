/** What each agent of the demo company does in a run. Nothing here is recorded from anyone: names and figures are made. */
import type { Chance } from './random';
import { type DemoRun, Trace } from './trace';

const MAKES = [
  'Opel Astra',
  'Ford Focus',
  'Toyota Corolla',
  'VW Golf',
  'Skoda Octavia',
  'Renault Clio',
] as const;
const CAUSES = [
  'rear-end collision',
  'parking damage',
  'hail',
  'windscreen',
  'animal strike',
  'theft of parts',
] as const;
const SHOPS = ['Bergmann Body Shop', 'Autohaus Lindner', 'Nordring Repairs', 'Kessler & Sons'] as const;
const DOCUMENTS = ['estimate', 'photo sheet', 'police report', 'invoice', 'registration'] as const;

/** A claim number is the conversation: everything done about one claim is one run. */
function claimNumber(index: number): string {
  return `CLM-${String(204000 + index * 7)}`;
}

export interface ClaimOptions {
  index: number;
  version: string;
  startMs: number;
  /** The body shop's own bank account stands on a scanned giro slip among the attachments. */
  thirdPartyBankDetails?: boolean;
}

export function claimsRun(chance: Chance, options: ClaimOptions): DemoRun {
  const claim = claimNumber(options.index);
  const amount = chance.between(180, 9400) + chance.between(0, 99) / 100;
  const policy = `MO-${chance.between(100000, 999999)}`;
  const trace = new Trace(chance, 'claims-processor', options.version, claim, options.startMs);
  trace
    .chat('gpt-4o', chance.between(1800, 3200), chance.between(60, 140))
    .tool(
      'claims.read',
      { claim_id: claim },
      { policy, cause: chance.pick(CAUSES), vehicle: chance.pick(MAKES), attachments: 3 },
      chance.between(60, 240),
    )
    .tool(
      'policy.lookup',
      { policy_number: policy },
      { tier: 1, cover: 'comprehensive', deductible: 300 },
      chance.between(80, 300),
    )
    .chat('gpt-4o', chance.between(2600, 4200), chance.between(80, 200));

  const documents = options.thirdPartyBankDetails ? 3 : chance.between(1, 3);
  for (let page = 1; page <= documents; page += 1) {
    const slip = options.thirdPartyBankDetails === true && page === 2;
    const text = slip
      ? `Giro slip. Payee: Kessler & Sons Body Works. IBAN DE89 3704 0044 0532 0130 00. Amount ${amount.toFixed(2)}. Ref ${claim}.`
      : `${chance.pick(SHOPS)}. ${chance.pick(DOCUMENTS)}. Total ${amount.toFixed(2)}.`;
    trace.tool(
      'documents.ocr',
      { document_id: `${claim}/att-${page}`, pages: chance.between(1, 4) },
      { text },
      chance.between(900, 4200),
    );
  }
  trace.tool(
    'valuation.estimate',
    { vehicle: chance.pick(MAKES) },
    { value: chance.between(4000, 22000) },
    chance.between(120, 500),
  );
  if (chance.chance(0.04)) trace.tool('fraud.score', { claim_id: claim }, null, 3000, 'timeout after 3 s');
  trace
    .tool(
      'fraud.score',
      { claim_id: claim, attempt: 2 },
      { score: chance.between(1, 40) / 100 },
      chance.between(90, 400),
    )
    .chat('gpt-4o', chance.between(3800, 6400), chance.between(180, 420));

  if (options.thirdPartyBankDetails || chance.chance(0.62)) {
    trace.tool(
      'payments.draft',
      { claim_id: claim, amount, currency: 'USD' },
      { draft: chance.hex(8) },
      chance.between(150, 420),
    );
    if (!options.thirdPartyBankDetails && amount < 4000) {
      trace.tool(
        'payments.release',
        { claim_id: claim, amount, currency: 'USD' },
        { released: true },
        chance.between(200, 600),
      );
    }
  } else {
    trace.tool(
      'claims.refer',
      { claim_id: claim, reason: chance.pick(['cause unclear', 'estimate above value', 'second driver']) },
      { queue: 'adjusters' },
      chance.between(80, 200),
    );
  }
  if (!options.thirdPartyBankDetails) {
    trace.tool(
      'claims.note',
      { claim_id: claim, note: 'Settled by rule.' },
      { ok: true },
      chance.between(40, 120),
    );
  }
  return trace.end();
}

export function refundRun(chance: Chance, index: number, startMs: number): DemoRun {
  const policy = `HO-${300000 + index * 13}`;
  const amount = chance.between(12, 480) + chance.between(0, 99) / 100;
  const trace = new Trace(chance, 'refund-decisioning', '2.3.1', `RF-${51000 + index * 3}`, startMs);
  trace
    .tool('policy.lookup', { policy_number: policy }, { cancelled: true }, chance.between(60, 260))
    .tool('ledger.balance', { policy_number: policy }, { paid: amount * 2 }, chance.between(50, 200))
    .tool('refund.compute', { policy_number: policy }, { owed: amount }, chance.between(30, 90))
    .chat('gpt-4o-mini', chance.between(900, 1600), chance.between(60, 160));
  if (chance.chance(0.7)) {
    trace.tool(
      'refund.book',
      { policy_number: policy, amount, currency: 'USD' },
      { booked: true },
      chance.between(120, 380),
    );
  } else {
    trace.tool(
      'ticket.create',
      { policy_number: policy, queue: 'care' },
      { ticket: chance.hex(6) },
      chance.between(80, 220),
    );
  }
  return trace.end();
}

export function settlementRun(chance: Chance, index: number, startMs: number): DemoRun {
  const trace = new Trace(chance, 'settlement-information', '0.9.4', `Q-${8000 + index * 11}`, startMs);
  const topic = chance.pick(['annuity start date', 'lump sum share', 'guarantee period', 'survivor option']);
  trace
    .tool(
      'classifier.advice',
      { question: topic },
      { advice: chance.between(1, 30) / 100 },
      chance.between(60, 160),
    )
    .tool('product.search', { query: topic }, { hits: chance.between(2, 9) }, chance.between(90, 320))
    .tool(
      'product.document',
      { id: `PL-${chance.between(10, 99)}` },
      { pages: chance.between(3, 30) },
      chance.between(80, 200),
    )
    .chat('gpt-4o', chance.between(2400, 5200), chance.between(160, 380));
  if (chance.chance(0.12)) {
    trace.tool(
      'adviser.handover',
      { topic, sources: [`PL-${chance.between(10, 99)}`] },
      { queued: true },
      chance.between(90, 200),
    );
  }
  return trace.end();
}

export function invoiceRun(chance: Chance, index: number, startMs: number): DemoRun {
  const vendor = `V-${4000 + (index % 37)}`;
  const amount = chance.between(90, 18000) + chance.between(0, 99) / 100;
  return new Trace(chance, 'invoice-reconciliation', '3.1.0', `INV-${70000 + index * 5}`, startMs)
    .tool('erp.lookup_vendor', { vendor }, { active: true }, chance.between(60, 180))
    .tool(
      'erp.match_po',
      { vendor, amount },
      { matched: true, lines: chance.between(1, 12) },
      chance.between(120, 500),
    )
    .chat('gpt-4o-mini', chance.between(1200, 2400), chance.between(80, 200))
    .tool(
      'erp.create_journal_entry',
      { vendor, amount, account: '4400' },
      { entry: chance.hex(8) },
      chance.between(120, 380),
    )
    .end();
}

/** Nobody registered this one: it is heard of in telemetry and runs under the workspace defaults. */
export function researchRun(chance: Chance, index: number, startMs: number): DemoRun {
  const trace = new Trace(chance, 'policy-research', '0.2.0', `research-${900 + index}`, startMs);
  trace.chat('gpt-4o-mini', chance.between(700, 1500), chance.between(80, 200));
  for (let step = chance.between(1, 4); step > 0; step -= 1) {
    trace.tool(
      'library.search',
      { query: `clause ${chance.between(1, 90)}` },
      { hits: chance.between(0, 12) },
      chance.between(80, 400),
    );
  }
  return trace.chat('gpt-4o-mini', chance.between(1800, 3600), chance.between(200, 500)).end();
}
