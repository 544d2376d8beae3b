import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

export const COMPENSATION_STATES = [
  /** It waits for the operator. */
  'proposed',
  /** It is to be sent. */
  'approved',
  /** A receiver has taken it. */
  'sent',
  'done',
  'failed',
  'declined',
  /** It can be undone no longer, or nobody said how it ended. */
  'expired',
] as const;
export type CompensationState = (typeof COMPENSATION_STATES)[number];

const rowSchema = z.object({
  id: z.string(),
  agent_id: z.string(),
  incident_id: z.string(),
  number: z.int(),
  tool: z.string(),
  by: z.string(),
  state: z.enum(COMPENSATION_STATES),
  sent_at: z.date().nullable(),
  detail: z.string().nullable(),
});

/** A compensation that somebody is about to act on, locked until the transaction ends. */
export type LockedCompensation = z.output<typeof rowSchema>;

/** Throws `not_found` for one that is not of the workspace. */
export async function lockCompensation(
  client: PoolClient,
  workspaceId: string,
  id: string,
): Promise<LockedCompensation> {
  const missing = new AppError('not_found', 'There is no such compensation in this workspace.');
  if (!z.uuid().safeParse(id).success) throw missing;
  const { rows } = await client.query(
    `SELECT c.id, c.agent_id, c.incident_id, i.number, c.tool, c.by, c.state, c.sent_at, c.detail
       FROM compensation c JOIN incident i ON i.id = c.incident_id
      WHERE c.workspace_id = $1 AND c.id = $2 FOR UPDATE OF c`,
    [workspaceId, id],
  );
  if (rows[0] === undefined) throw missing;
  return rowSchema.parse(rows[0]);
}

/** What has become of it, for a sentence: "was declined". */
export const STATE_WORDS: Readonly<Record<CompensationState, string>> = {
  proposed: 'waits for the operator',
  approved: 'was approved',
  sent: 'was sent',
  done: 'is done',
  failed: 'has failed',
  declined: 'was declined',
  expired: 'has expired',
};

/** Writes down a step, and tells the screens. */
export async function noteStep(
  client: Pick<PoolClient, 'query'>,
  actor: Actor,
  row: Pick<LockedCompensation, 'id' | 'incident_id' | 'number' | 'tool' | 'by'>,
  step: { action: string; detail?: Record<string, unknown> },
): Promise<void> {
  const { workspaceId } = actor;
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: `compensation.${step.action}`,
      subject: `compensation:${row.id}`,
      detail: { incident: row.number, tool: row.tool, by: row.by, ...step.detail },
    },
  ]);
  await notify(client, { workspaceId, topic: 'incident', id: row.incident_id });
}
