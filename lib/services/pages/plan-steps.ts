import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import type { PlannedStep } from '@/lib/response/escalation';

/** Writes the steps of a round as waiting ones. The caller holds the incident's row. */
export async function planSteps(
  client: Pick<PoolClient, 'query'>,
  planned: {
    workspaceId: string;
    incidentId: string;
    round: number;
    steps: readonly (PlannedStep & { id?: string; createdById?: string | null })[];
    now: Date;
  },
): Promise<void> {
  const { steps } = planned;
  await client.query(
    `INSERT INTO page (id, workspace_id, incident_id, round, step, kind, address, due_at, created_by_id, created_at)
     SELECT t.id, $7, $8, $9, t.step, t.kind, t.address, t.due_at, t.created_by_id, $10
       FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[])
         AS t(id, step, kind, address, due_at, created_by_id)`,
    [
      steps.map(({ id }) => id ?? newId()),
      steps.map(({ step }) => step),
      steps.map(({ kind }) => kind),
      steps.map(({ address }) => address),
      steps.map(({ dueAt }) => dueAt),
      steps.map(({ createdById }) => createdById ?? null),
      planned.workspaceId,
      planned.incidentId,
      planned.round,
      planned.now,
    ],
  );
}
