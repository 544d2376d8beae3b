import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

export const DELIVERY_STATES = ['waiting', 'delivered', 'dead', 'discarded'] as const;

const querySchema = z.object({
  endpointId: z.uuid().optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  /** `next` of the page before. */
  after: z.string().max(200).optional(),
  limit: z.int().min(1).max(200).default(50),
});

/** A delivery as the settings screen shows it. Times are ISO 8601. */
export interface DeliveryDto {
  id: string;
  type: string;
  /** Null for mail. */
  endpointId: string | null;
  /** What the endpoint is called; the address for mail. */
  to: string;
  /** Where it goes; `mailto:` and the address for mail. */
  url: string;
  state: (typeof DELIVERY_STATES)[number];
  incidentNumber: number | null;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: string;
  deliveredAt: string | null;
  /** When it is tried next; null once delivered or given up. */
  nextAttemptAt: string | null;
  deadAt: string | null;
}

const rowSchema = z.object({
  id: z.string(),
  type: z.string(),
  endpoint_id: z.string().nullable(),
  to: z.string(),
  url: z.string(),
  incident_number: z.int().nullable(),
  attempts: z.int(),
  last_status: z.int().nullable(),
  last_error: z.string().nullable(),
  created_at: z.date(),
  due_at: z.date(),
  delivered_at: z.date().nullable(),
  dead_at: z.date().nullable(),
  discarded: z.boolean(),
});
const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** The workspace's deliveries, newest first, by keyset: pass `next` back as `after` for the following page. */
export async function listDeliveries(
  actor: Actor,
  input: z.input<typeof querySchema> = {},
): Promise<{ deliveries: DeliveryDto[]; next: string | null }> {
  authorize(actor, 'webhook.manage', { workspaceId: actor.workspaceId });
  const query = querySchema.parse(input);
  const cursor = parseCursor(query.after);
  const result = await db().query(
    `SELECT m.id, m.type, m.endpoint_id, COALESCE(e.name, m.recipient) AS "to", COALESCE(e.url, 'mailto:' || m.recipient) AS url, i.number AS incident_number, m.attempts, m.last_status, m.last_error,
       m.created_at, m.due_at, m.delivered_at, m.dead_at, m.discarded_at IS NOT NULL AS discarded
     FROM outbox_message m LEFT JOIN webhook_endpoint e ON e.id = m.endpoint_id LEFT JOIN incident i ON i.id = m.incident_id
     WHERE m.workspace_id = $1 AND ($2::uuid IS NULL OR m.endpoint_id = $2)
       AND CASE $3 WHEN 'delivered' THEN m.delivered_at IS NOT NULL WHEN 'dead' THEN m.dead_at IS NOT NULL AND m.discarded_at IS NULL
             WHEN 'discarded' THEN m.discarded_at IS NOT NULL
             WHEN 'waiting' THEN m.delivered_at IS NULL AND m.dead_at IS NULL ELSE true END
       AND ($4::timestamptz IS NULL OR (date_trunc('milliseconds', m.created_at), m.id) < ($4, $5::uuid))
     ORDER BY date_trunc('milliseconds', m.created_at) DESC, m.id DESC LIMIT $6`,
    [
      actor.workspaceId,
      query.endpointId ?? null,
      query.state ?? '',
      cursor?.[0] ?? null,
      cursor?.[1] ?? null,
      query.limit + 1,
    ],
  );
  const rows = z.array(rowSchema).parse(result.rows);
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return {
    deliveries: page.map((row) => {
      const state = stateOf(row);
      return {
        id: row.id,
        type: row.type,
        endpointId: row.endpoint_id,
        to: row.to,
        url: row.url,
        state,
        incidentNumber: row.incident_number,
        attempts: row.attempts,
        lastStatus: row.last_status,
        lastError: row.last_error,
        createdAt: row.created_at.toISOString(),
        deliveredAt: row.delivered_at?.toISOString() ?? null,
        nextAttemptAt: state === 'waiting' ? row.due_at.toISOString() : null,
        deadAt: row.dead_at?.toISOString() ?? null,
      };
    }),
    next:
      last === undefined
        ? null
        : Buffer.from(JSON.stringify([last.created_at.toISOString(), last.id])).toString('base64url'),
  };
}

function stateOf(row: z.output<typeof rowSchema>): DeliveryDto['state'] {
  if (row.delivered_at !== null) return 'delivered';
  if (row.dead_at === null) return 'waiting';
  return row.discarded ? 'discarded' : 'dead';
}

/** A cursor that was tampered with is as if there were none. */
function parseCursor(text: string | undefined): z.output<typeof cursorSchema> | null {
  if (text === undefined) return null;
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    return null;
  }
}
