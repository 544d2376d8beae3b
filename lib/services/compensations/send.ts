import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { config } from '@/lib/config';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import type { CompensationEvent } from '@/lib/services/webhooks/events';

/** Longer arguments stay here; receivers get their digest. */
const MOST_ARGUMENT_BYTES = 12_000;
const MOST_KEY_CHARS = 500;

const rowSchema = z.object({
  id: z.string(),
  clause: z.string(),
  by: z.string(),
  due_at: z.date().nullable(),
  tool: z.string(),
  called_at: z.date(),
  trace_id: z.string(),
  span_id: z.string(),
  arguments: z.json().optional(),
  has_arguments: z.boolean(),
  arguments_digest: z.string().nullable(),
  key_argument: z.string().nullable(),
  key_value: z.string().nullable(),
  agent: z.string(),
  display_name: z.string(),
  run_id: z.string(),
  run_key: z.string(),
  incident_id: z.string(),
  number: z.int(),
});

/**
 * Enqueues an approved compensation for every endpoint that subscribes to it, inside the caller's transaction. Answers for
 * how many: with none it stays approved, and the screen says that nobody takes it.
 */
export async function send(client: PoolClient, actor: Actor, id: string): Promise<number> {
  const { workspaceId } = actor;
  const { rows } = await client.query(
    `SELECT c.id, c.clause, c.by, c.due_at, c.tool, c.called_at, encode(c.trace_id, 'hex') AS trace_id,
            encode(c.span_id, 'hex') AS span_id, c.arguments, c.arguments IS NOT NULL AS has_arguments, c.arguments_digest,
            c.key_argument, c.key_value, a.name AS agent, a.display_name, r.id AS run_id, r.key AS run_key, c.incident_id,
            i.number
       FROM compensation c JOIN agent a ON a.id = c.agent_id JOIN run r ON r.id = c.run_id
       JOIN incident i ON i.id = c.incident_id
      WHERE c.workspace_id = $1 AND c.id = $2`,
    [workspaceId, id],
  );
  const row = rowSchema.parse(rows[0]);
  const { dashboardUrl, runtimeUrl } = config();
  const fits =
    row.has_arguments && Buffer.byteLength(JSON.stringify(row.arguments ?? null)) <= MOST_ARGUMENT_BYTES;
  const data: CompensationEvent = {
    compensation: {
      id: row.id,
      clause: row.clause,
      tool: row.by,
      until: row.due_at?.toISOString() ?? null,
      report: `${runtimeUrl}/v1/compensations/${row.id}`,
    },
    call: {
      tool: row.tool,
      at: row.called_at.toISOString(),
      traceId: row.trace_id,
      spanId: row.span_id,
      ...(fits && row.arguments !== undefined ? { arguments: row.arguments } : {}),
      argumentsDigest: row.arguments_digest,
      idempotencyKey:
        row.key_argument === null || row.key_value === null || row.key_value.length > MOST_KEY_CHARS
          ? null
          : { argument: row.key_argument, value: row.key_value },
    },
    agent: { name: row.agent, displayName: row.display_name },
    run: { key: row.run_key, url: `${dashboardUrl}/runs/${row.run_id}` },
    incident: { number: row.number, url: `${dashboardUrl}/incidents/${row.number}` },
    approvedBy: actor.kind === 'system' ? null : actorName(actor),
  };
  return enqueueWebhooks(client, {
    workspaceId,
    type: 'compensation.requested',
    incidentId: row.incident_id,
    data,
    at: new Date(),
    requestId: row.id,
  });
}
