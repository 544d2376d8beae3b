import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import {
  type SignalMapping,
  SOURCE_KINDS,
  SOURCE_MAPPINGS,
  type SourceKind,
  signalMappingSchema,
} from '@/lib/scoring/signal-mapping';
import { appendAudit } from '@/lib/services/audit/append';
import { seal } from '@/lib/services/sealing/seal';
import { newSigningSecret } from '@/lib/services/webhooks/signing-secret';

export const newSourceSchema = z.object({
  name: z.string().trim().min(1, 'What is it called here?').max(120, 'At most 120 characters.'),
  kind: z.enum(SOURCE_KINDS),
  /** Whose signals they are, where they do not say. */
  agent: z.string().trim().max(200).optional(),
  /** A secret the other system made, such as Zendesk's; left out: one is made here. */
  secret: z
    .string()
    .trim()
    .refine((value) => value === '' || value.length >= 16, 'At least 16 characters.')
    .max(500)
    .optional(),
  mapping: signalMappingSchema.optional(),
});

export interface SourceRow {
  id: string;
  name: string;
  kind: SourceKind;
  key: string;
  mapping: SignalMapping;
  createdAt: string;
  lastAt: string | null;
  lastRefusal: string | null;
  lastRefusalAt: string | null;
}

/** Connects a system that posts signals. `secret` is told this once. */
export async function createSource(
  actor: Actor,
  input: z.output<typeof newSourceSchema>,
): Promise<{ id: string; key: string; secret: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'signal-source.manage', { workspaceId });
  const { name, kind } = input;
  const id = newId();
  const key = randomBytes(12).toString('base64url');
  const secret = input.secret === undefined || input.secret === '' ? newSigningSecret() : input.secret;
  const mapping = {
    ...(input.mapping ?? SOURCE_MAPPINGS[kind]),
    ...(input.agent === undefined || input.agent === '' ? {} : { agent: { is: input.agent } }),
  };
  await transact(async (client) => {
    await client.query(
      `INSERT INTO signal_source (id, workspace_id, name, kind, key, sealed_secret, mapping, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[id, workspaceId, name, kind, key, seal('signal-source', secret, id), JSON.stringify(mapping)],
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'signal-source.connected',
        subject: `signal-source:${id}`,
        detail: { name, kind },
      },
    ]);
    await notify(client, { workspaceId, topic: 'signal', id: '' });
  });
  return { id, key, secret };
}

/** The systems that are connected, the newest first. */
export async function listSources(actor: Actor): Promise<SourceRow[]> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  const { rows } = await db().query(
    `SELECT id, name, kind, key, mapping, created_at, last_at, last_refusal, last_refusal_at FROM signal_source
      WHERE workspace_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 200`,
    [workspaceId],
  );
  return z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        kind: z.enum(SOURCE_KINDS),
        key: z.string(),
        mapping: signalMappingSchema,
        created_at: z.date(),
        last_at: z.date().nullable(),
        last_refusal: z.string().nullable(),
        last_refusal_at: z.date().nullable(),
      }),
    )
    .parse(rows)
    .map((row) => ({
      id: row.id,
      name: row.name,
      kind: row.kind,
      key: row.key,
      mapping: row.mapping,
      createdAt: row.created_at.toISOString(),
      lastAt: row.last_at?.toISOString() ?? null,
      lastRefusal: row.last_refusal,
      lastRefusalAt: row.last_refusal_at?.toISOString() ?? null,
    }));
}

/** Takes nothing more from a system. What it has sent stays. Throws `not_found`. */
export async function revokeSource(actor: Actor, input: { id: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'signal-source.manage', { workspaceId });
  await transact(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `UPDATE signal_source SET revoked_at = now() WHERE id = $1 AND workspace_id = $2 AND revoked_at IS NULL RETURNING name`,
      [input.id, workspaceId],
    );
    const [source] = rows;
    if (source === undefined)
      throw new AppError('not_found', 'There is no such source, or it was removed already.');
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'signal-source.removed',
        subject: `signal-source:${input.id}`,
        detail: { name: source.name },
      },
    ]);
    await notify(client, { workspaceId, topic: 'signal', id: '' });
  });
}
