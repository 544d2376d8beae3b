import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

export const spanPathSchema = z.object({
  id: z.uuid(),
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
});

/** What was received of one span, beside what we made of it. */
export interface SpanDetail {
  traceId: string;
  spanId: string;
  name: string;
  dialect: string;
  status: string;
  statusMessage: string | null;
  startedAt: string;
  receivedAt: string;
  durationUs: number;
  reportedCostUsd: number | null;
  /** Attributes, events, links, resource and scope as received. */
  body: unknown;
}

/** One span of a run with its attributes. Throws `not_found` when the span is not of that run. */
export async function getRunSpan(actor: Actor, path: z.output<typeof spanPathSchema>): Promise<SpanDetail> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{
    name: string;
    dialect: string;
    status: string;
    status_message: string | null;
    started_at: Date;
    received_at: Date;
    duration_us: number;
    reported_cost_usd: number | null;
    body: unknown;
  }>(
    `SELECT s.name, s.dialect, s.status, s.status_message, s.started_at, s.received_at, s.duration_us,
            s.reported_cost_usd, s.body
       FROM run r JOIN run_trace t ON t.run_id = r.id
       JOIN span s ON s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id
      WHERE r.workspace_id = $1 AND r.id = $2 AND s.trace_id = decode($3, 'hex') AND s.span_id = decode($4, 'hex')
        AND ($5::uuid IS NULL OR r.agent_id = $5)`,
    [actor.workspaceId, path.id, path.traceId, path.spanId, actor.kind === 'key' ? actor.agentId : null],
  );
  const row = rows[0];
  if (row === undefined) throw new AppError('not_found', 'There is no such span in this run.');
  return {
    traceId: path.traceId,
    spanId: path.spanId,
    name: row.name,
    dialect: row.dialect,
    status: row.status,
    statusMessage: row.status_message,
    startedAt: row.started_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    durationUs: row.duration_us,
    reportedCostUsd: row.reported_cost_usd,
    body: row.body,
  };
}
