'use client';

import { useQueryClient } from '@tanstack/react-query';
import { PauseRun, resumeConsequence, stopConsequence } from '@/components/runs/run-actions';
import { WhoMay } from '@/components/runs/who-may';
import { ActionForm } from '@/components/ui/action-form';
import { ReasonDialog } from '@/components/ui/dialog';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { acknowledgeAction, resumeAction, stopAction } from './actions';

/** Acknowledge, stop, resume: as far as the incident allows and the reader may; else who may. */
export function IncidentActions({ incident }: { incident: IncidentDetail }) {
  const client = useQueryClient();
  const again = () => void client.invalidateQueries({ queryKey: ['incident'] });
  if (incident.state === 'resolved') return null;
  const { may, run } = incident;
  const fields = <input type="hidden" name="number" value={incident.number} />;
  const open = incident.state === 'open';
  const nothing = !may.acknowledge.allowed && !may.resume.allowed && !may.stop.allowed;
  return (
    <>
      {may.stop.allowed ? (
        <ReasonDialog
          trigger="Stop run"
          title={`Stop run ${run.key}?`}
          consequence={`${stopConsequence(run, incident.number)}${rollbackStays(incident)}`}
          confirm="Stop run"
          action={stopAction}
          fields={fields}
          onDone={again}
        />
      ) : null}
      {run.status === 'running' && run.may.pause.allowed ? <PauseRun run={run} onDone={again} /> : null}
      {may.resume.allowed ? (
        <ReasonDialog
          trigger="Resume run"
          title={`Resume run ${run.key}?`}
          consequence={`${resumeConsequence(run, incident.number)}${rollbackStays(incident)}`}
          confirm="Resume run"
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
      {nothing ? <WhoMay permission={may.acknowledge} verb="act on it" /> : null}
    </>
  );
}

/** Resolving is about one run: which version the next ones are held to is another question, and stays open. */
function rollbackStays({ rollback }: IncidentDetail): string {
  return rollback?.state === 'proposed'
    ? ` Version ${rollback.from.name} stays in force for other runs until it is rolled back, which can be done afterwards too.`
    : '';
}
