import Link from 'next/link';
import { Band } from '@/components/ui/band';
import type { Outcomes } from '@/lib/decision/backtest-report';
import { formatCount, formatMoney, formatNumber, plural } from '@/lib/format';

/** More stand behind a summary that opens. */
const SHOWN_AT_ONCE = 5;

/** What the runs as a whole would have come to: bands, incidents, pages and cost, and runs to look at. */
export function OutcomesOfRuns({ outcomes }: { outcomes: Outcomes }) {
  const { bands, incidentsPerDay, pagesPerDay, costPerDay, examples } = outcomes;
  const moved = bands.reduce((sum, each) => sum + each.runs, 0);
  const rest = examples.slice(SHOWN_AT_ONCE);
  return (
    <section aria-label="What the runs would have come to" className="border-t border-line text-sm">
      <p className="px-3.5 pt-2.5 text-ink-2">Whole runs, had the agent done just the same:</p>
      <dl className="grid gap-x-6 gap-y-1 px-3.5 py-2.5 sm:grid-cols-3">
        <BeforeAfter
          what="Pages a day"
          before={number(pagesPerDay.before)}
          after={number(pagesPerDay.after)}
        />
        <BeforeAfter
          what="Incidents a day"
          before={number(incidentsPerDay.before)}
          after={number(incidentsPerDay.after)}
        />
        <BeforeAfter
          what="Cost a day"
          before={formatMoney(costPerDay.before)}
          after={formatMoney(costPerDay.after)}
        />
      </dl>
      <div className="border-t border-line px-3.5 py-2.5 text-ink-2">
        {moved === 0 ? (
          'Every run would have ended in the risk band it ended in.'
        ) : (
          <ul className="grid gap-1.5">
            {bands.map((each) => (
              <li
                key={`${each.before} ${each.after}`}
                className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5"
              >
                {plural(each.runs, 'run')}: <Band band={each.before} />
                <span aria-hidden="true">→</span>
                <span className="sr-only">would have ended</span>
                <Band band={each.after} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {examples.length === 0 ? null : (
        <ul className="border-t border-line">
          {examples.slice(0, SHOWN_AT_ONCE).map((example) => (
            <OutcomeRow key={example.runId} example={example} />
          ))}
        </ul>
      )}
      {rest.length === 0 ? null : (
        <details className="border-t border-line">
          <summary className="cursor-pointer px-3.5 py-2.5 text-ink-2">
            {formatCount(rest.length)} more
          </summary>
          <ul>
            {rest.map((example) => (
              <OutcomeRow key={example.runId} example={example} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function BeforeAfter({ what, before, after }: { what: string; before: string; after: string }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-2">
      <dt className="text-ink-2">{what}</dt>
      <dd className="tabular-nums">
        {before === after ? (
          before
        ) : (
          <>
            {before} <span aria-hidden="true">→</span> <span className="sr-only">would be</span> {after}
          </>
        )}
      </dd>
    </div>
  );
}

function OutcomeRow({ example }: { example: Outcomes['examples'][number] }) {
  const { before, after } = example;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0">
      <Link href={`/runs/${example.runId}`} className="prose-link code [overflow-wrap:anywhere]">
        {example.runKey}
      </Link>
      <span className="inline-flex flex-wrap items-center gap-x-2">
        <Band band={before.band} />
        <span aria-hidden="true">→</span>
        <span className="sr-only">would have ended</span>
        <Band band={after.band} />
      </span>
      {before.pages === after.pages ? null : (
        <span className="text-ink-2">{after.pages ? 'would page a person' : 'would page nobody'}</span>
      )}
    </li>
  );
}

function number(value: number): string {
  return formatNumber(value, 2);
}
