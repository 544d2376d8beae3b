import type { PoolClient } from 'pg';
import { type Actor, actorId, actorName } from '@/lib/auth/actor';

/** One line of the audit log, before it is written. */
export interface AuditRecord {
  workspaceId: string;
  actor: Actor;
  /** What happened, in the past tense after its noun: `incident.acknowledged`, `run.paused`, `contract.imported`. */
  action: string;
  /** What it happened to: `run:<id>`, `incident:<id>`, `agent:<id>`, `contract:<version id>`, `webhook:<id>`, `key:<id>`. */
  subject: string;
  /** Figures and names that a reader needs; never a secret. */
  detail?: Record<string, unknown>;
}

/**
 * Appends to the workspace's audit log inside the transaction that caused it, so that nothing happens unrecorded and
 * nothing is recorded that was rolled back. One statement for any number of entries; entries keep the given order.
 */
export async function appendAudit(
  client: Pick<PoolClient, 'query'>,
  entries: readonly AuditRecord[],
): Promise<void> {
  const [first, ...more] = entries;
  if (first === undefined) return;
  if (more.length === 0) {
    // Nearly always it is one: a plain row under a name, which the database parses and plans once for each connection.
    await client.query({
      name: 'append-audit',
      text: `INSERT INTO audit_entry (workspace_id, actor, actor_name, action, subject, detail)
             VALUES ($1, $2, $3, $4, $5, $6)`,
      values: [
        first.workspaceId,
        actorId(first.actor),
        actorName(first.actor),
        first.action,
        first.subject,
        JSON.stringify(first.detail ?? {}),
      ],
    });
    return;
  }
  await client.query(
    `INSERT INTO audit_entry (workspace_id, actor, actor_name, action, subject, detail)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])`,
    [
      entries.map((entry) => entry.workspaceId),
      entries.map((entry) => actorId(entry.actor)),
      entries.map((entry) => actorName(entry.actor)),
      entries.map((entry) => entry.action),
      entries.map((entry) => entry.subject),
      entries.map((entry) => JSON.stringify(entry.detail ?? {})),
    ],
  );
}
