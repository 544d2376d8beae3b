import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { clauseAt, clausesOf, sectionOf } from './clauses';
import { authorityRows, plain } from './describe';
import { sectionTexts } from './document';
import { type Contract, contractSchema } from './schema';
import { summarise } from './summary';
import { randomContract } from './testing/random-contract';
import { workspaceDefaults } from './workspace-defaults';

const contract = contractSchema.parse(aContract());
const sentence = (path: string, of: Contract = contract) => {
  const found = sectionTexts(of)
    .flatMap((section) => section.clauses)
    .find((clause) => clause.path === path);
  return found === undefined ? undefined : plain(found.sentence);
};

describe('clauses', () => {
  it.each([
    ['tools/refunds.pay/categories', 'tools', ['customer-contact', 'payment']],
    ['tools/notes.add/rateLimit', 'tools', { calls: 20, per: 'run' }],
    ['scope/forbidden/no-health-data', 'scope', expect.objectContaining({ categories: ['health'] })],
    ['scope/actions', 'scope', ['read', 'draft', 'execute']],
    ['authority/level', 'authority', 'bounded'],
    ['authority/defaults/transact', 'authority', 'approval'],
    ['authority/large-refunds', 'authority', expect.objectContaining({ tier: 'escalation' })],
    ['evidence/policy-read', 'evidence', expect.objectContaining({ requires: 'policy-version' })],
    ['data/domains/orders', 'tools', expect.objectContaining({ access: 'read' })],
    ['risk/thresholds/critical', 'risk', 60],
    ['cost/perRun', 'cost', 0.5],
    ['failure/high', 'failure', ['page', 'pause']],
    ['failure/kinds/loop', 'failure', 'pause'],
  ])('%s is found by its name', (path, section, value) => {
    expect(clauseAt(contract, path)).toEqual({ path, section, value });
  });

  it('a name that is no clause is found nowhere', () => {
    for (const path of ['', 'run/status', 'tools/unknown', 'authority/rules', 'apiVersion', 'constructor'])
      expect(clauseAt(contract, path)).toBeUndefined();
    expect(sectionOf('run/status')).toBeUndefined();
    expect(sectionOf('data/domains/orders')).toBe('tools');
  });

  it('of one contract never share a name, and every one that is read is one of them', () => {
    fc.assert(
      fc.property(randomContract, (input) => {
        const any = contractSchema.parse(input);
        const paths = clausesOf(any).map((clause) => clause.path);
        expect(new Set(paths).size).toBe(paths.length);
        const read = [
          ...sectionTexts(any).flatMap((section) => section.clauses.map((clause) => clause.path)),
          ...authorityRows(any).map((row) => row.clause),
        ];
        expect(read.filter((path) => !paths.includes(path))).toEqual([]);
        expect(new Set(read).size).toBe(read.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a clause in words', () => {
  it.each([
    ['tools/orders.get', 'Reads customer contact data from orders.'],
    ['tools/notes.add', 'Writes customer contact data in orders. At most 20 calls a run. Reversible.'],
    [
      'tools/refunds.pay',
      'Transacts in payments, touching customer contact and payment data. Once per orderId. Reversible by refunds.reverse within 24 h.',
    ],
    ['scope/actions', 'May read, draft and execute; it may not recommend.'],
    ['scope/forbidden/no-health-data', 'Forbidden: touch health data. That is touching health data.'],
    ['authority/level', 'bounded: it may act by itself within the bounds below.'],
    [
      'evidence/policy-read',
      'Before refunds.pay: the refund policy was looked up. Needs the version of the policy that was applied, at most 1 h old.',
    ],
    ['ownership/escalation', 'A page that goes unanswered is passed on to sre@example.com after 10 min.'],
    ['cost/perRun', 'A run may spend $0.50. Beyond it, the run is paused.'],
    ['failure/high', 'A high breach pages the operator and pauses the run.'],
    ['quality/technical', 'A run ends within 30 s, and at most 20% of its spans fail.'],
    ['versioning/lastReviewed', 'Last reviewed on 15 Jan 2026, and again every 90 days.'],
  ])('%s', (path, words) => {
    expect(sentence(path)).toBe(words);
  });

  it('tells what follows when breaches add up, what is filtered and how an action is made good', () => {
    const more = contractSchema.parse(
      aContract({
        tools: {
          ...aContract().tools,
          'orders.get': {
            action: 'read',
            // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
            filter: [{ id: 'slips', categories: ['bank-account'], then: 'mask' }],
          },
        },
        failure: {
          runningRuns: 'pause',
          codeRollback: { hook: 'deploys' },
          compensations: [
            { id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'none', withinMinutes: 60 },
          ],
          ladder: [
            { id: 'often', when: { breaches: 3, withinDays: 7, severity: 'high' }, step: 'narrow' },
            { id: 'stale', when: { attestationOverdueDays: 14 }, step: 'pause', gate: 'G4' },
          ],
          recovery: [{ id: 'cause', statement: 'The cause is known.' }],
        },
      }),
    );
    const said = new Map(
      sectionTexts(more).flatMap(({ clauses }) => clauses.map((one) => [one.path, plain(one.sentence)])),
    );
    expect(said.get('tools/orders.get')).toContain('Of what it returns, bank account data is masked.');
    expect(
      [
        'runningRuns',
        'codeRollback',
        'compensations/undo',
        'ladder/often',
        'ladder/stale',
        'recovery/cause',
      ].map((key) => said.get(`failure/${key}`)),
    ).toEqual([
      'Runs that have begun by then: they are paused.',
      'The code goes back too: the webhook endpoint deploys is told to go to the version the older contract binds to.',
      'refunds.pay is undone by refunds.reverse within 1 h, and nobody is asked.',
      '3 high or critical breaches within 7 days: its authority is narrowed, until G6 passes.',
      'Attestation overdue for 14 days: it is paused, until G4 passes.',
      'Before it works again: the cause is known.',
    ]);
  });

  it('authority reads as a table: what the call is, what the agent does, who decides', () => {
    expect(authorityRows(contract).map((row) => [plain(row.when), row.tier, row.decides])).toEqual([
      ['refunds.pay, amount up to 100', 'alone', 'nobody'],
      ['refunds.pay, amount above 1,000', 'escalation', 'operator, within 30 min'],
      ['any other read call', 'alone', 'nobody'],
      ['any other write call', 'alone', 'nobody'],
      ['any other transact call', 'approval', 'operator@example.com'],
    ]);
  });

  it('the workspace defaults say that unlisted tools are flagged', () => {
    const defaults = contractSchema.parse(workspaceDefaults('owner@example.com', '2026-01-15'));
    expect(sentence('tools/*', defaults)).toBe(
      'A tool that is not listed is flagged, not refused. It counts as one that reads and may touch no data category.',
    );
  });

  it('is never empty, and never shows what is not text', () => {
    fc.assert(
      fc.property(randomContract, (input) => {
        const any = contractSchema.parse(input);
        const sentences = [
          ...sectionTexts(any).flatMap((section) => section.clauses.map((clause) => clause.sentence)),
          ...authorityRows(any).map((row) => row.when),
          ...summarise(any),
        ].map(plain);
        for (const words of sentences) {
          expect(words.trim()).not.toBe('');
          expect(words).not.toMatch(/undefined|\[object|NaN/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
