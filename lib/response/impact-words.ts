import { formatList, formatNumber, plural } from '@/lib/format';
import type { Reach, UndoLedger } from './undo-ledger';

/** What a run did that stays, in sentences: how much, what of it can be taken back, and what could not be told. */
export function impactSentences(
  ledger: Pick<UndoLedger, 'entries' | 'counts' | 'reached' | 'standing' | 'limits' | 'unlisted'>,
): string[] {
  const { counts, reached, standing, limits, unlisted } = ledger;
  const parts = [
    counts.compensated > 0 ? `${plural(counts.compensated, 'call')} compensated` : '',
    counts.reversible > 0 ? `${plural(counts.reversible, 'call')} that can still be taken back` : '',
    counts.tooLate > 0 ? `${plural(counts.tooLate, 'call')} whose time to be taken back is over` : '',
    counts.irreversible > 0 ? `${plural(counts.irreversible, 'call')} that nothing takes back` : '',
    counts.failed > 0
      ? `${plural(counts.failed, 'call')} that failed, so that it is not known what they did`
      : '',
  ].filter((part) => part !== '');
  return [
    `The run made ${plural(reached.calls, 'call')} that write or move something, ${reachWords(reached)}.`,
    ...(parts.length === 0 ? [] : [`Among them: ${formatList(parts)}.`]),
    ...(reached.calls === standing.calls
      ? []
      : [`Not compensated: ${plural(standing.calls, 'call')}, ${reachWords(standing)}.`]),
    ...limits.map(
      (limit) =>
        `The contract’s blast radius of ${formatNumber(limit.limit)} ${limit.of === 'records' ? 'records' : 'in money'} was ${limit.held === 'within' ? 'kept' : limit.held === 'exceeded' ? 'exceeded' : 'kept as far as is known'}: ${formatNumber(limit.reached)}.`,
    ),
    ...(unlisted === 0
      ? []
      : [
          `It made ${plural(unlisted, 'call')} of tools the contract does not list: what they do is not known.`,
        ]),
  ];
}

function reachWords({ records, recordsUntold, amounts, amountsUntold }: Reach): string {
  const money = amounts.map(
    ({ value, currency }) =>
      `${formatNumber(value)}${currency === null ? ' without a currency' : ` ${currency}`}`,
  );
  const untold = recordsUntold + amountsUntold;
  return [
    `to ${plural(records, 'record')}`,
    ...(money.length === 0 ? [] : [`moving ${formatList(money)}`]),
    ...(untold === 0 ? [] : ['with some that cannot be told']),
  ].join(', ');
}
