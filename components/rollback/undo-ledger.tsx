import { LiveRefresh } from '@/components/shell/live-refresh';
import { ClockTime, ExactTime } from '@/components/ui/relative-time';
import { FactRows, Sheet, SheetFoot } from '@/components/ui/sheet';
import { Tag, type Tone } from '@/components/ui/tag';
import { formatCount, formatList, formatMoney, formatNumber, plural } from '@/lib/format';
import type { Amount } from '@/lib/response/money-moved';
import type { LedgerEntry, Limit, Reach } from '@/lib/response/undo-ledger';
import type { RunUndoLedger } from '@/lib/services/rollbacks/get-undo-ledger';

/** What a run wrote and moved: how far it reached, and what of it can be taken back until when. */
export function UndoLedger({ data }: { data: RunUndoLedger | null }) {
  if (data === null) return <LiveRefresh topics={['run']} />;
  const { entries, counts, reached, standing, limits, unlisted, calls, more } = data;
  const taken = entries.length + more;
  return (
    <Sheet title="Undo ledger" label={plural(taken, 'write')}>
      <LiveRefresh topics={['run', 'incident']} />
      <FactRows
        rows={[
          {
            name: 'Records reached',
            value: <Count known={reached.records} untold={reached.recordsUntold} />,
          },
          { name: 'Money reached', value: <Money reach={reached} /> },
          ...(counts.compensated === 0
            ? []
            : [
                {
                  name: 'Not undone',
                  value: (
                    <>
                      {plural(standing.records, 'record')}
                      {standing.amounts.length === 0 ? '' : ', '}
                      {formatList(standing.amounts.map(money))}
                    </>
                  ),
                },
              ]),
          ...limits.map((limit) => ({
            name: limit.of === 'records' ? 'Blast radius, records' : 'Blast radius, money',
            key: limit.of,
            value: <Held limit={limit} />,
          })),
        ]}
      />
      {entries.length === 0 ? null : (
        <ol className="border-t border-line text-sm" aria-label="Writes of the run">
          {entries.map((entry) => (
            <Entry key={entry.callId} entry={entry} />
          ))}
        </ol>
      )}
      {more + unlisted + (calls.total - calls.read) === 0 ? null : (
        <SheetFoot>
          {[
            ...(more === 0 ? [] : [`${plural(more, 'further write')} not shown.`]),
            ...(unlisted === 0
              ? []
              : [
                  `${plural(unlisted, 'call')} of tools that the contract does not list: what ${unlisted === 1 ? 'it does' : 'they do'} is not known.`,
                ]),
            ...(calls.total === calls.read
              ? []
              : [`Read from the latest ${formatCount(calls.read)} of ${formatCount(calls.total)} calls.`]),
          ].join(' ')}
        </SheetFoot>
      )}
    </Sheet>
  );
}

function Count({ known, untold }: { known: number; untold: number }) {
  if (untold === 0) return formatCount(known);
  return (
    <>
      {known === 0 ? 'unknown' : `at least ${formatCount(known)}`}
      <span className="block text-xs text-ink-2">{plural(untold, 'call')} cannot be told</span>
    </>
  );
}

function Money({ reach }: { reach: Reach }) {
  const sums = formatList(reach.amounts.map(money));
  const untold = reach.amountsUntold;
  if (untold === 0) return sums === '' ? 'none' : sums;
  return (
    <>
      {sums === '' ? 'unknown' : `at least ${sums}`}
      <span className="block text-xs text-ink-2">{plural(untold, 'call')} cannot be told</span>
    </>
  );
}

function money({ value, currency }: Amount): string {
  if (currency === 'USD') return formatMoney(value);
  return currency === null
    ? `${formatNumber(value)} (no currency named)`
    : `${currency} ${formatNumber(value)}`;
}

/** Of one call; the sum above says that no currency is named. */
const alone = (amount: Amount) => (amount.currency === null ? formatNumber(amount.value) : money(amount));

const HELD: Record<Limit['held'], { tone: Tone; words: string }> = {
  within: { tone: 'low', words: 'within' },
  exceeded: { tone: 'critical', words: 'exceeded' },
  unknown: { tone: 'medium', words: 'unknown' },
};

function Held({ limit }: { limit: Limit }) {
  const { tone, words } = HELD[limit.held];
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-2">
      at most {limit.of === 'records' ? formatCount(limit.limit) : formatMoney(limit.limit)}
      <Tag tone={tone}>{words}</Tag>
    </span>
  );
}

function Entry({ entry }: { entry: LedgerEntry }) {
  return (
    <li className="grid gap-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-0.5">
        <p className="min-w-0 [overflow-wrap:anywhere]">
          <span className="code font-medium">{entry.tool}</span>
          {entry.record === null ? null : <span className="text-ink-2"> {entry.record}</span>}
        </p>
        <p className="flex gap-2 text-ink-2">
          {entry.amount === null ? null : <span className="text-ink">{alone(entry.amount)}</span>}
          <ClockTime at={new Date(entry.at).toISOString()} precision="second" />
        </p>
      </div>
      <p className="text-ink-2">
        <Undo entry={entry} />
        {entry.argumentsMissing ? ' Its arguments were not recorded.' : ''}
      </p>
    </li>
  );
}

function Undo({ entry }: { entry: LedgerEntry }) {
  const { undo } = entry;
  const time = (at: number) => <ExactTime at={new Date(at).toISOString()} />;
  if (entry.failed && undo.state !== 'compensated')
    return 'Ended in an error: whether it did anything is not known.';
  switch (undo.state) {
    case 'compensated':
      return (
        <span className="text-low">
          Undone by <span className="code">{undo.by}</span>, {time(undo.at)}.
        </span>
      );
    case 'undoes':
      return 'It took back an earlier call.';
    case 'irreversible':
      return <span className="text-critical">Cannot be undone.</span>;
    case 'too-late':
      return (
        <span className="text-critical">
          Could be {undo.by === null ? 'taken back' : `undone by ${undo.by}`} until {time(undo.until)}: too
          late.
        </span>
      );
    case 'reversible':
      return (
        <>
          {undo.by === null ? (
            'Can be taken back'
          ) : (
            <>
              Can be undone by <span className="code">{undo.by}</span>
            </>
          )}
          {undo.until !== null ? (
            <> until {time(undo.until)}.</>
          ) : undo.written !== null ? (
            `; the contract says until when: “${undo.written}”.`
          ) : (
            '.'
          )}
        </>
      );
  }
}
