import Link from 'next/link';
import { contractHref } from '@/components/runs/links';
import { WhoMay } from '@/components/runs/who-may';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ReasonDialog } from '@/components/ui/dialog';
import { ExactTime } from '@/components/ui/relative-time';
import { FactRows, Sheet, SheetBody } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import type { VersionName } from '@/lib/services/incidents/last-known-good';
import type {
  RollbackProposal,
  RollbackStanding,
  RollbackView,
} from '@/lib/services/rollbacks/get-rollbacks';
import {
  confirmRollbackAction,
  escalateRollbackAction,
  goBackAction,
  releaseRunsAction,
  reverseRollbackAction,
} from './actions';
import { CodeRollback } from './code-rollback';

/** Going back to the last version that is known to be good: what was done, what waits for a word, what can be done. */
export function RollbackPanel({ standing }: { standing: RollbackStanding | null }) {
  if (standing === null) return <LiveRefresh topics={['incident']} />;
  const { rollbacks, proposal, code } = standing;
  return (
    <Sheet title="Rollback" label={labelOf(standing)}>
      <LiveRefresh topics={['incident', 'agent', 'run']} />
      {proposal === null ? null : <Proposal standing={standing} proposal={proposal} />}
      {rollbacks.map((rollback, index) => (
        <Made key={rollback.id} standing={standing} rollback={rollback} latest={index === 0} />
      ))}
      {code.map((one) => (
        <CodeRollback key={one.id} code={one} may={standing.may.report} />
      ))}
    </Sheet>
  );
}

function labelOf({ rollbacks: [latest], proposal }: RollbackStanding): string {
  if (latest === undefined || latest.state === 'reversed') {
    if (proposal?.state === 'possible') return latest === undefined ? 'proposed' : 'reversed';
    if (proposal?.state === 'nothing-to-go-back-to') return 'nothing to go back to';
    if (proposal?.state === 'superseded') return latest === undefined ? 'not needed' : 'reversed';
    return latest === undefined ? '' : 'reversed';
  }
  if (latest.state === 'confirmed') return 'confirmed';
  return 'done at once, waits to be confirmed';
}

function Version({ of, version }: { of: RollbackStanding; version: VersionName }) {
  return (
    <Link
      href={contractHref({ agent: of.agent.name, ofAgent: true, version: version.number })}
      className="prose-link"
    >
      {title(version)}
    </Link>
  );
}

/** "version 1.2", by what it calls itself. */
const title = (version: VersionName) => `version ${version.name}`;
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const HANDLING = {
  finish: 'keep their version and finish',
  pause: 'are paused',
  stop: 'are asked to stop',
} as const;

function underWay(count: number, handling: keyof typeof HANDLING): string {
  const runs = count === 1 ? '1 run is' : `${plural(count, 'run')} are`;
  return count === 0
    ? 'No run is under way.'
    : `${runs} under way and ${HANDLING[handling].replace('are ', '')}.`;
}

function Proposal({ standing, proposal }: { standing: RollbackStanding; proposal: RollbackProposal }) {
  const { number, agent, may, resolved, rollbacks } = standing;
  if (proposal.state === 'superseded')
    // A reversed rollback says so itself.
    return rollbacks.length > 0 ? null : (
      <SheetBody className="text-sm">
        <Version of={standing} version={proposal.inForce} /> is in force
        {proposal.incident === null || proposal.incident === number ? (
          ''
        ) : (
          <>
            {' '}
            since{' '}
            <Link href={`/incidents/${proposal.incident}`} className="prose-link">
              INC-{proposal.incident}
            </Link>
          </>
        )}
        , in place of <Version of={standing} version={proposal.from} />.
      </SheetBody>
    );
  if (proposal.state === 'nothing-to-go-back-to')
    return (
      <SheetBody className="border-b border-line text-sm last:border-b-0">
        The failure clause asks for it, but no earlier version has done its runs without a breach of severity
        high or critical. <Version of={standing} version={proposal.from} /> stays in force.
      </SheetBody>
    );
  const { from, to, handling, runsUnderWay, code } = proposal;
  return (
    <SheetBody className="grid justify-items-start gap-3 border-b border-line text-sm last:border-b-0">
      <p>
        {proposal.asked ? 'The failure clause proposes to go back' : 'It can be gone back'} from{' '}
        <Version of={standing} version={from} /> to <Version of={standing} version={to} />, the last version
        whose runs had no breach of severity high or critical. {underWay(runsUnderWay, handling)}
        {resolved ? ` The incident is resolved; ${title(from)} is still in force.` : ''}
      </p>
      {may.rollBack.allowed ? null : <WhoMay permission={may.rollBack} verb="roll back" />}
      <div className="flex flex-wrap gap-2">
        {may.rollBack.allowed ? (
          <ReasonDialog
            trigger={`Put ${title(to)} back in force`}
            title={`Put ${title(to)} of ${agent.displayName} back in force?`}
            consequence={
              <>
                Runs that begin from now on are held to {title(to)} instead of {title(from)}.{' '}
                {underWay(runsUnderWay, handling)}
                {code === null
                  ? ''
                  : ` “${code.hook}” is asked to take the code back from ${code.from} to ${code.to}.`}{' '}
                It can be reversed.
              </>
            }
            confirm="Put back in force"
            tone="default"
            size="small"
            action={goBackAction}
            fields={
              <>
                <input type="hidden" name="number" value={number} />
                <input type="hidden" name="to" value={to.number} />
              </>
            }
          />
        ) : null}
        {may.escalate.allowed && !resolved ? (
          <ReasonDialog
            trigger="Let the next person decide"
            title="Let the next person decide?"
            consequence="Whoever comes next on the escalation path is paged at once and asked whether to roll back. Nothing is rolled back meanwhile."
            confirm="Page them"
            tone="default"
            size="small"
            reasonLabel="What they should know"
            reasonHint="They read it in the page; kept in the audit log with your name."
            action={escalateRollbackAction}
            fields={<input type="hidden" name="number" value={number} />}
          />
        ) : null}
      </div>
    </SheetBody>
  );
}

const STATES = {
  unconfirmed: { tone: 'medium', words: 'waits to be confirmed' },
  confirmed: { tone: 'low', words: 'confirmed' },
  reversed: { tone: 'plain', words: 'reversed' },
} as const;

function Made({
  standing,
  rollback,
  latest,
}: {
  standing: RollbackStanding;
  rollback: RollbackView;
  latest: boolean;
}) {
  const { from, to, state, how, standing: stands } = rollback;
  const { tone, words } = STATES[state];
  const { runs } = rollback;
  return (
    <div className="border-b border-line last:border-b-0">
      <FactRows
        rows={[
          {
            name: state === 'reversed' ? 'Was back in force' : 'Back in force',
            value: <Version of={standing} version={to} />,
          },
          { name: 'In place of', value: <Version of={standing} version={from} /> },
          {
            name: 'By',
            value: how === 'at-once' ? 'the failure clause, at once' : (rollback.by ?? 'somebody'),
          },
          { name: 'Since', value: <ExactTime at={rollback.at} precision="millisecond" /> },
          {
            name: 'State',
            value: (
              <span className="inline-flex flex-wrap items-center justify-end gap-x-2 gap-y-0.5">
                {rollback.settledAt === null || (how === 'by-person' && state === 'confirmed') ? null : (
                  <span>
                    {rollback.settledBy === null ? '' : `${rollback.settledBy}, `}
                    <ExactTime at={rollback.settledAt} />
                  </span>
                )}
                <Tag tone={tone}>{words}</Tag>
              </span>
            ),
          },
          {
            name: 'Runs under way',
            value:
              rollback.runsUnderWay + runs.held === 0
                ? 'none'
                : rollback.handling === 'finish'
                  ? `${plural(rollback.runsUnderWay, 'run')} kept ${from.name}`
                  : heldWords(rollback),
          },
        ]}
      />
      <SheetBody className="grid justify-items-start gap-3 border-t border-line text-sm">
        {[rollback.reason, rollback.settleReason].map((said) =>
          said === null ? null : (
            <p key={said} className="break-words text-ink-2">
              “{said}”
            </p>
          ),
        )}
        {stands || state === 'reversed' ? null : (
          <p className="text-ink-2">Another version has been put in force since.</p>
        )}
        {state === 'unconfirmed' && stands ? (
          <p>The operator confirms that {title(to)} stays, or reverses it.</p>
        ) : null}
        {latest ? <Steps standing={standing} rollback={rollback} /> : null}
      </SheetBody>
    </div>
  );
}

function heldWords({ handling, runs }: RollbackView): string {
  if (handling === 'stop') return `${plural(runs.held, 'run')} asked to stop`;
  return [
    `${plural(runs.held, 'run')} paused`,
    ...(runs.waiting === 0 ? [] : [`${runs.waiting} waiting`]),
    ...(runs.resumed === 0 ? [] : [`${runs.resumed} went on`]),
    ...(runs.stopping === 0 ? [] : [`${runs.stopping} asked to stop`]),
  ].join(', ');
}

function Steps({ standing, rollback }: { standing: RollbackStanding; rollback: RollbackView }) {
  const { may, agent } = standing;
  const { from, to, state, runs } = rollback;
  const id = <input type="hidden" name="rollbackId" value={rollback.id} />;
  const settles = state !== 'reversed' && rollback.standing;
  const release = (how: 'resumed' | 'stopped') => (
    <>
      {id}
      <input type="hidden" name="release" value={how} />
    </>
  );
  const waiting = plural(runs.waiting, 'paused run');
  return (
    <>
      {settles && !may.rollBack.allowed ? (
        <WhoMay permission={may.rollBack} verb="confirm or reverse it" />
      ) : null}
      <div className="flex flex-wrap gap-2 empty:hidden">
        {settles && may.rollBack.allowed && state === 'unconfirmed' ? (
          <ReasonDialog
            trigger="Confirm"
            title={`Confirm that ${title(to)} stays in force?`}
            consequence={`Runs of ${agent.displayName} are held to ${title(to)} until another version is put in force.`}
            confirm="Confirm"
            tone="primary"
            size="small"
            reasonLabel="Note"
            reasonRequired={false}
            action={confirmRollbackAction}
            fields={id}
          />
        ) : null}
        {settles && may.rollBack.allowed ? (
          <ReasonDialog
            trigger="Reverse"
            title={`Put ${title(from)} in force again?`}
            consequence={
              <>
                {capital(title(from))} of {agent.displayName} broke a clause; runs that begin from now on are
                held to it again.
                {runs.waiting === 0
                  ? ''
                  : ` ${plural(runs.waiting, 'run')} that this rollback paused ${runs.waiting === 1 ? 'goes' : 'go'} on.`}
              </>
            }
            confirm={`Put ${title(from)} in force`}
            size="small"
            action={reverseRollbackAction}
            fields={id}
          />
        ) : null}
        {runs.waiting > 0 && may.resume.allowed ? (
          <ReasonDialog
            trigger={`Let ${waiting} go on`}
            title={`Let ${waiting} go on?`}
            consequence={`They go on under ${title(from)}, the version they began with.`}
            confirm="Let go on"
            tone="default"
            size="small"
            action={releaseRunsAction}
            fields={release('resumed')}
          />
        ) : null}
        {runs.waiting > 0 && may.stop.allowed ? (
          <ReasonDialog
            trigger={`Stop ${waiting}`}
            title={`Ask ${waiting} to stop?`}
            consequence="This cannot be taken back. That they were asked, that their agents heard it and that they stopped are shown with each run."
            confirm="Ask to stop"
            size="small"
            action={releaseRunsAction}
            fields={release('stopped')}
          />
        ) : null}
      </div>
    </>
  );
}
