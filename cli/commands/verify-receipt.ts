import { type VerifiedReceipt, verifyReceipt } from '@/lib/evidence/verify-receipt';
import { formatCount, formatMoney, formatNumber, plural } from '@/lib/format';
import { EXIT, type Outcome } from '../outcome';
import { readText } from '../read';

/** Verifies the receipt of a run with nothing but its file, and the public keys one has from elsewhere. */
export async function verifyReceiptFile(path: string, trusted: ReadonlySet<string>): Promise<Outcome> {
  const result = verifyReceipt(await readText(path), trusted);
  if ('fault' in result) {
    const { fault } = result;
    return {
      exit: EXIT.found,
      lines: [`${path}  ${fault.message} [${fault.code}]`, 'The receipt does NOT verify.'],
      json: { verified: false, file: path, fault },
    };
  }
  const { receipt, ...rest } = result.verified;
  return {
    exit: EXIT.ok,
    lines: told(path, result.verified),
    json: { verified: true, file: path, ...rest, receipt },
  };
}

function told(path: string, { receipt, digest, signedBy, trusted }: VerifiedReceipt): string[] {
  const { run, agent, contract, score, risk, usage, decisions, breaches } = receipt;
  const cost = `${formatMoney(usage.costUsd)}${usage.unpricedCalls === 0 ? '' : ` and ${plural(usage.unpricedCalls, 'call')} without a price`}`;
  const held = (['degrade', 'escalate', 'block'] as const).flatMap((lane) => {
    const count = decisions.given.filter((each) => each.lane === lane).length;
    return count === 0 ? [] : [`${formatCount(count)} ${lane}`];
  });
  return [
    `${path}: run ${run.key} of ${agent.name}, ${receipt.workspace.name}`,
    `  run          ${run.status}, ${run.startedAt} to ${run.endedAt}`,
    `  contract     ${contract === null ? 'none' : `version ${contract.number}${contract.ofAgent ? '' : ' of the workspace defaults'}, ${contract.digest}`}`,
    `  signed       ${receipt.signatures.length === 0 ? 'by nobody at a gate' : receipt.signatures.map((each) => `${each.gate} ${each.person} as ${each.role}`).join('; ')}`,
    `  did          ${plural(usage.toolCalls, 'tool call')}, ${plural(usage.modelCalls, 'model call')}, ${cost}`,
    `  asked        ${plural(decisions.total, 'decision')}${held.length === 0 ? '' : `: ${held.join(', ')}${ofFirst(decisions)}`}`,
    `  broke        ${breaches.total === 0 ? 'nothing' : `${breaches.given.map((each) => `${each.clause} (${each.severity})`).join('; ')}${ofFirst(breaches)}`}`,
    `  score        ${score.composite === null ? 'none' : `${formatNumber(score.composite, 1)} of 100`}, risk ${formatNumber(risk.sum, 1)} (${risk.band})`,
    `  record       ${plural(receipt.record.total, 'audit entry', 'audit entries')}, ${plural(receipt.signals.total, 'signal')}`,
    `  digest       ${digest}`,
    `  signed by    ${signedBy}${trusted ? ', the key given' : ''}`,
    trusted
      ? 'The receipt verifies.'
      : 'The receipt verifies in itself. That the key is the instance’s is only its own word: compare it with the one in Settings, Audit log, or give it with --key.',
  ];
}

/** What is told of a list that the receipt does not give wholly. */
function ofFirst({ total, given }: { total: number; given: readonly unknown[] }): string {
  return given.length === total ? '' : `, of the first ${formatCount(given.length)} of ${formatCount(total)}`;
}
