'use client';

import { useQueryClient } from '@tanstack/react-query';
import { ReasonDialog } from '@/components/ui/dialog';
import type { RunDetail } from '@/lib/services/runs/get-run';
import { pauseRunAction, resumeRunAction, stopRunAction } from './actions';
import { WhoMay } from './who-may';

/** Stop, pause and resume, when the run can be and the reader may; else who may. */
export function RunActions({ run }: { run: RunDetail }) {
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ['run'] });
  const stoppable = run.status === 'running' || run.status === 'paused';
  const resumable = run.status === 'paused';
  const incident = run.incident !== null && run.incident.state !== 'resolved' ? run.incident : null;
  if (!stoppable) return null;
  const fields = <input type="hidden" name="runId" value={run.id} />;
  return (
    <>
      {run.may.stop.allowed ? (
        <ReasonDialog
          trigger="Stop run"
          title={`Stop run ${run.key}?`}
          consequence={stopConsequence(run, incident?.number ?? null)}
          confirm="Stop run"
          action={stopRunAction}
          fields={fields}
          onDone={again}
        />
      ) : null}
      {run.status === 'running' && run.may.pause.allowed ? <PauseRun run={run} onDone={again} /> : null}
      {resumable && run.may.resume.allowed ? (
        <ReasonDialog
          trigger="Resume run"
          title={`Resume run ${run.key}?`}
          consequence={resumeConsequence(run, incident?.number ?? null)}
          confirm="Resume run"
          tone="primary"
          action={resumeRunAction}
          fields={fields}
          onDone={again}
        />
      ) : null}
      {!run.may.stop.allowed ? (
        <WhoMay permission={run.may.stop} verb={resumable ? 'stop or resume it' : 'pause or stop it'} />
      ) : resumable && !run.may.resume.allowed ? (
        <WhoMay permission={run.may.resume} verb="resume it" />
      ) : null}
    </>
  );
}

/** Holds a run that goes on. */
export function PauseRun({ run, onDone }: { run: RunDetail; onDone: () => void }) {
  return (
    <ReasonDialog
      trigger="Pause run"
      title={`Pause run ${run.key}?`}
      consequence="Every further call the agent asks about is blocked until somebody resumes the run, and it is told to wait when it next asks. This run only. The time it waits does not count as its own."
      confirm="Pause run"
      tone="default"
      action={pauseRunAction}
      fields={<input type="hidden" name="runId" value={run.id} />}
      onDone={onDone}
    />
  );
}

export function stopConsequence(run: Pick<RunDetail, 'ended'>, incident: number | null): string {
  const what = run.ended
    ? 'This run has come to its end already, so nothing is left to interrupt: it is closed as stopped.'
    : 'Every further call the agent asks about is blocked from now on, and it is told to stop when it next asks. This run only; the agent’s other runs go on.';
  return `${what}${incident === null ? '' : ` INC-${incident} is resolved with it.`} This cannot be undone.`;
}

export function resumeConsequence(run: Pick<RunDetail, 'ended'>, incident: number | null): string {
  const what = run.ended
    ? 'This run has come to its end already: it is marked as finished, and what it did stands.'
    : 'The agent may go on with this run, under the same contract. A further breach pauses it again.';
  return `${what}${incident === null ? '' : ` INC-${incident} is resolved with it.`}`;
}
