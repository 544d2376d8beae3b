import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { AppError } from '@/lib/errors';
import { evidenceDigest, storable } from '@/lib/evidence/evidence-digest';
import { appendAudit } from '@/lib/services/audit/append';

/** A file that is evidence by itself. */
export interface EvidenceFileInput {
  /** Made safe already: no path, no control characters. */
  name: string;
  /** What its bytes are, not what its sender said. */
  mediaType: string;
  bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  digest: string;
}

export interface NewEvidence {
  agentId: string;
  /** The version it speaks of; leave out where it speaks of the agent. */
  contractVersionId?: string | null | undefined;
  /** A kind of lib/lifecycle/evidence-kinds.ts. */
  kind: string;
  title: string;
  /** given: there is nothing to pass. */
  outcome: 'passed' | 'failed' | 'given';
  /** One sentence a signer reads. */
  summary: string;
  clause?: string | null | undefined;
  /** Plain JSON; NUL and half surrogate pairs are replaced. */
  detail: Record<string, unknown>;
  /** When it was found out; freshness counts from here. */
  producedAt: Date;
  origin: 'computed' | 'attached' | 'reported';
  url?: string | null | undefined;
  file?: EvidenceFileInput | undefined;
}

/**
 * The one door by which evidence comes to be: stores it with its digest, writes `evidence.recorded` into the audit log
 * and tells who listens, all in the caller's transaction. Whoever calls has authorized the actor.
 *
 * Throws `not_found` when the agent, or the version of that agent, is not of the actor's workspace.
 */
export async function recordEvidence(
  client: Pick<PoolClient, 'query'>,
  actor: Actor,
  evidence: NewEvidence,
): Promise<{ id: string; digest: string }> {
  const { workspaceId } = actor;
  const versionId = evidence.contractVersionId ?? null;
  const found = await client.query<{ name: string; version: string | null; number: number | null }>(
    `SELECT a.name, v.digest AS version, v.number
       FROM agent a LEFT JOIN contract_version v ON v.id = $3 AND v.agent_id = a.id
      WHERE a.id = $2 AND a.workspace_id = $1`,
    [workspaceId, evidence.agentId, versionId],
  );
  const about = found.rows[0];
  if (about === undefined) throw new AppError('not_found', 'There is no such agent in this workspace.');
  if (versionId !== null && about.version === null)
    throw new AppError('not_found', `${about.name} has no such version of its contract.`);

  const id = newId();
  const { kind, outcome, file } = evidence;
  const title = plain(evidence.title);
  const summary = plain(evidence.summary);
  const detail = storable(evidence.detail);
  const digest =
    file?.digest ??
    evidenceDigest({ kind, version: about.version, outcome, summary, detail, time: evidence.producedAt });
  if (file !== undefined)
    await client.query(
      `INSERT INTO evidence_file (workspace_id, digest, bytes) VALUES ($1, $2, $3)
       ON CONFLICT (workspace_id, digest) DO NOTHING`,
      [workspaceId, file.digest, file.bytes],
    );
  await client.query(
    `INSERT INTO evidence (id, workspace_id, agent_id, contract_version_id, kind, title, outcome, summary, clause, detail,
       digest, produced_at, produced_by_id, origin, url, file_name, media_type, file_size)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    [
      id,
      workspaceId,
      evidence.agentId,
      versionId,
      kind,
      title,
      outcome,
      summary,
      evidence.clause ?? null,
      JSON.stringify(detail),
      digest,
      evidence.producedAt,
      actor.kind === 'person' ? actor.personId : null,
      evidence.origin,
      evidence.url ?? null,
      file?.name ?? null,
      file?.mediaType ?? null,
      file?.bytes.byteLength ?? null,
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'evidence.recorded',
      subject: `agent:${evidence.agentId}`,
      detail: {
        agent: about.name,
        evidence: id,
        kind,
        outcome,
        digest,
        ...(about.number === null ? {} : { version: about.number }),
        ...(evidence.clause ? { clause: evidence.clause } : {}),
        ...(file === undefined ? {} : { file: file.name }),
      },
    },
  ]);
  await notify(client, { workspaceId, topic: 'evidence', id });
  return { id, digest };
}

function plain(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
