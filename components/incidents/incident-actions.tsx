'use client';

import { useQueryClient } from '@tanstack/react-query';
import { PauseRun, resumeConsequence, stopConsequence } from '@/components/runs/run-actions';
import { WhoMay } from '@/components/runs/who-may';
import { ActionForm } from '@/components/ui/action-form';
import { ReasonDialog } from '@/components/ui/dialog';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { acknowledgeAction, resumeAction, stopAction } from './actions';

/** Whether nothing that an incident asks for is the reader's to do. */
export function mayDoNothing({ may }: IncidentDetail): boolean {
  return !may.acknowledge.allowed && !may.resume.allowed && !may.stop.allowed;
}

/** Acknowledge, stop, resume: as far as the incident allows and the reader may; else who may. */
export function IncidentActions({ incident }: { incident: IncidentDetail }) {
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ['incident'] });
  if (incident.state === 'resolved') return null;
  const { may, run } = incident;
  const fields = <input type="hidden" name="number" value={incident.number} />;
  const open = incident.state === 'open';
  const waiting = incident.runs.filter((each) => each.waits).length;
  const several = incident.runCount > 1 && waiting > 1;
  const runs = several ? plural(waiting, 'run') : 'run';
  const which = several ? runs : `run ${incident.runs.find((each) => each.waits)?.key ?? run.key}`;
  return (
    <>
      {may.stop.allowed ? (
        <ReasonDialog
          trigger={`Stop ${runs}`}
          title={`Stop ${which}?`}
          consequence={`${several ? stopsAll(incident.number) : stopConsequence(run, incident.number)}${rollbackStays(incident)}`}
          confirm={`Stop ${runs}`}
          action={stopAction}
          fields={fields}
          onDone={again}
        />
      ) : null}
      {run.status === 'running' && run.may.pause.allowed ? <PauseRun run={run} onDone={again} /> : null}
      {may.resume.allowed ? (
        <ReasonDialog
          trigger={`Resume ${runs}`}
          title={`Resume ${which}?`}
          consequence={`${several ? resumesAll(incident.number) : resumeConsequence(run, incident.number)}${rollbackStays(incident)}`}
          confirm={`Resume ${runs}`}
          tone={open ? 'default' : 'primary'}
          action={resumeAction}
          fields={fields}
          onDone={again}
        />
      ) : null}
      {open && may.acknowledge.allowed ? (
        <ActionForm
          action={acknowledgeAction}
          className="contents"
          onDone={(state) => {
            again();
            toast(state.message);
          }}
        >
          {fields}
          <SubmitButton variant="primary">Acknowledge</SubmitButton>
        </ActionForm>
      ) : null}
      {mayDoNothing(incident) ? <WhoMay permission={may.acknowledge} verb="act on it" /> : null}
    </>
  );
}

/** Resolving is about one run: which version the next ones are held to is another question, and stays open. */
function rollbackStays({ rollback }: IncidentDetail): string {
  return rollback?.state === 'proposed'
    ? ` Version ${rollback.from.name} stays in force for other runs until it is rolled back, which can be done afterwards too.`
    : '';
}

function stopsAll(number: number): string {
  return `Every further call the agent asks about in these runs is blocked from now on; those that came to their end are closed as stopped. The agent’s other runs go on. INC-${number} is resolved with them. This cannot be undone.`;
}

function resumesAll(number: number): string {
  return `The agent may go on with all of them, under the contract each began under; those that came to their end are marked as finished. A further breach pauses a run again. INC-${number} is resolved with them.`;
}
