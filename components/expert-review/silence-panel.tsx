import Link from 'next/link';
import { Callout } from '@/components/ui/callout';
import { FactRows, Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { formatCount, formatPercent, plural } from '@/lib/format';
import type { AgreedOn } from '@/lib/services/expert-reviews/get-agreement';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';
import { AgreementRows } from './agreement-rows';
import { Drawn, drawnHref, SilentRuns } from './silence-counts';
import { atMostPercent, silenceReading, tighterReading } from './silence-reading';

/** How far an agent's silence can be trusted: the bound on wrong silent runs, what it rests on, and what would tighten it. */
export function SilencePanel({ silence, agreed = [] }: { silence: Silence; agreed?: readonly AgreedOn[] }) {
  const tighter = tighterReading(silence);
  const agent = silence.agent.name;
  const contractHref = `/contracts/${encodeURIComponent(agent)}`;
  return (
    <Sheet title="Silence" label={`${silence.days} days`}>
      <SheetBody className="grid gap-2">
        <p className="text-base">{silenceReading(silence)}</p>
        {tighter === null ? null : <p className="text-sm text-ink-2">{tighter}</p>}
        {silence.share === null ? (
          <p className="text-sm text-ink-2">
            A wrong answer that breaks no clause is seen by nothing else.{' '}
            <Link href={contractHref} className="prose-link">
              Have wholly silent runs reviewed
            </Link>{' '}
            in section 9 of the contract.
          </p>
        ) : null}
        {silence.wrongRuns.length === 0 ? null : (
          <Callout tone="medium" title={`Wrong, and nothing noticed: ${plural(silence.allWrong, 'run')}`}>
            <ul className="grid gap-1.5">
              {silence.wrongRuns.map((run) => (
                <li key={run.id} className="[overflow-wrap:anywhere]">
                  <Link href={`/runs/${run.id}`} className="prose-link code">
                    {run.key}
                  </Link>
                  {run.notes.length === 0 ? null : <span className="text-ink-2"> {run.notes.join(' ')}</span>}
                </li>
              ))}
            </ul>
            {silence.allWrong <= silence.wrongRuns.length ? null : (
              <p className="mt-1.5 text-ink-2">
                The newest {silence.wrongRuns.length} of them.{' '}
                <Link href={drawnHref(agent, 'all-wrong')} prefetch={false} className="prose-link">
                  All {formatCount(silence.allWrong)}
                </Link>
              </p>
            )}
          </Callout>
        )}
      </SheetBody>
      {silence.share === null ? null : (
        <FactRows
          rows={[
            { name: 'Drawn at random', value: `${formatPercent(silence.share)} of wholly silent runs` },
            { name: 'Wholly silent runs', value: <SilentRuns silence={silence} counts /> },
            ...(silence.atMostRuns === null || silence.silentRuns === 0
              ? []
              : [
                  {
                    name: 'Wrong among them',
                    value: (
                      <>
                        <Drawn agent={agent} of="wrong" count={silence.wrong} /> found,{' '}
                        {formatCount(silence.atMostRuns)} at most
                      </>
                    ),
                  },
                ]),
            ...(silence.reviewed === 0
              ? []
              : [
                  { name: 'Reviewed', value: <Drawn agent={agent} of="reviewed" count={silence.reviewed} /> },
                ]),
            {
              name: 'Waiting to be rated',
              value: (
                <>
                  <Drawn agent={agent} of="waiting" count={silence.waiting} />
                  {silence.overdue === 0 ? null : (
                    <>
                      , <Drawn agent={agent} of="overdue" count={silence.overdue} /> overdue
                    </>
                  )}
                </>
              ),
            },
            ...(silence.skipped === 0 || silence.boundIfSkippedWrong === null
              ? []
              : [
                  {
                    key: 'passed on',
                    name: (
                      <>
                        If the <Drawn agent={agent} of="skipped" count={silence.skipped} /> passed on{' '}
                        {silence.skipped === 1 ? 'was' : 'were'} wrong
                      </>
                    ),
                    value: `at most ${atMostPercent(silence.boundIfSkippedWrong)}`,
                  },
                ]),
            ...(silence.leftOut === 0
              ? []
              : [
                  {
                    name: 'Left out: under versions that draw fewer',
                    value: <SilentRuns silence={silence} counts={false} />,
                  },
                ]),
          ]}
        />
      )}
      <AgreementRows agreed={agreed} />
      {silence.share === null ? null : (
        <SheetFoot>
          Wholly silent: no clause broken, nothing escalated or blocked. A run that only opened no incident is
          silent, and may have been noticed. Only runs drawn by lot count; reviewers see no score.
        </SheetFoot>
      )}
    </Sheet>
  );
}
