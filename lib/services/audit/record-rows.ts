import type { PoolClient } from 'pg';
import type { RecordKind } from '@/lib/evidence/export-lines';
import { entryColumns, unlinked, utcText } from './chain-rows';
import { SETTLED } from './mark';

/** A time that is kept to the millisecond, as it was signed or digested; one that has more digits shows them. */
function iso(column: string): string {
  return `regexp_replace(${utcText(column)}, '000Z$', 'Z')`;
}

/**
 * The records of a workspace beside its chain, in the order a verifier needs them: what is spoken of before what speaks of
 * it. Each statement answers `id` to page by and `record`; `$1` is the workspace, `$2` the id to go on after, `$3` how many.
 */
const RECORDS: readonly { kind: RecordKind; sql: string; page?: number }[] = [
  {
    kind: 'key',
    sql: `SELECT id, jsonb_build_object('id', id, 'publicKey', public_key, 'createdAt', ${iso('created_at')},
                   'retiredAt', ${iso('retired_at')}) AS record
            FROM instance_key WHERE $1::uuid IS NOT NULL AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3`,
  },
  {
    kind: 'passkey',
    sql: `SELECT k.id, jsonb_build_object('credentialId', k.credential_id,
                   'publicKey', translate(encode(k.public_key, 'base64'), E'\\n', ''), 'person', k.person_id,
                   'rpId', k.rp_id, 'createdAt', ${iso('k.created_at')}, 'revokedAt', ${iso('k.revoked_at')}) AS record
            FROM passkey k WHERE ($2::uuid IS NULL OR k.id > $2::uuid)
             AND EXISTS (SELECT 1 FROM signature s WHERE s.passkey_id = k.id AND s.workspace_id = $1)
           ORDER BY k.id LIMIT $3`,
  },
  {
    kind: 'contract',
    sql: `SELECT v.id, jsonb_build_object('id', v.id, 'agent', a.name, 'number', v.number, 'digest', v.digest,
                   'document', v.document, 'createdAt', ${iso('v.created_at')}, 'createdBy', p.name) AS record
            FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id LEFT JOIN person p ON p.id = v.created_by_id
           WHERE v.workspace_id = $1 AND ($2::uuid IS NULL OR v.id > $2::uuid) ORDER BY v.id LIMIT $3`,
  },
  {
    kind: 'file',
    sql: `SELECT f.digest AS id, jsonb_build_object('digest', f.digest,
                   'bytes', translate(encode(f.bytes, 'base64'), E'\\n', '')) AS record
            FROM evidence_file f WHERE f.workspace_id = $1 AND ($2::text IS NULL OR f.digest > $2)
           ORDER BY f.digest LIMIT $3`,
    // Each may have 20 MB.
    page: 1,
  },
  {
    kind: 'evidence',
    sql: `SELECT e.id, jsonb_build_object('id', e.id, 'agent', a.name, 'version', v.digest, 'kind', e.kind,
                   'title', e.title, 'outcome', e.outcome, 'summary', e.summary, 'clause', e.clause,
                   'detail', e.detail, 'digest', e.digest, 'producedAt', ${iso('e.produced_at')},
                   'producedBy', p.name, 'origin', e.origin, 'url', e.url, 'fileName', e.file_name,
                   'mediaType', e.media_type, 'fileSize', e.file_size) AS record
            FROM evidence e JOIN agent a ON a.id = e.agent_id
            LEFT JOIN contract_version v ON v.id = e.contract_version_id LEFT JOIN person p ON p.id = e.produced_by_id
           WHERE e.workspace_id = $1 AND ($2::uuid IS NULL OR e.id > $2::uuid) ORDER BY e.id LIMIT $3`,
  },
  {
    kind: 'review',
    sql: `SELECT r.id, jsonb_build_object('id', r.id, 'agent', a.name, 'gate', r.gate, 'contract', v.digest,
                   'subjectDigest', r.subject_digest, 'state', r.state, 'roles', r.roles,
                   'openedAt', ${iso('r.opened_at')}, 'openedBy', o.name, 'message', r.message,
                   'closedAt', ${iso('r.closed_at')}, 'closedBy', c.name, 'closeReason', r.close_reason,
                   'closeClause', r.close_clause) AS record
            FROM gate_review r JOIN agent a ON a.id = r.agent_id
            LEFT JOIN contract_version v ON v.id = r.contract_version_id
            LEFT JOIN person o ON o.id = r.opened_by_id LEFT JOIN person c ON c.id = r.closed_by_id
           WHERE r.workspace_id = $1 AND ($2::uuid IS NULL OR r.id > $2::uuid) ORDER BY r.id LIMIT $3`,
  },
  {
    kind: 'signature',
    sql: `SELECT s.id, jsonb_build_object('id', s.id, 'review', s.gate_review_id, 'person', s.person_id, 'role', s.role,
                   'meaning', s.meaning, 'note', s.note, 'method', s.method, 'signedAt', ${iso('s.signed_at')},
                   'statement', s.statement, 'statementDigest', s.statement_digest, 'envelope', s.envelope) AS record
            FROM signature s
           WHERE s.workspace_id = $1 AND ($2::uuid IS NULL OR s.id > $2::uuid) ORDER BY s.id LIMIT $3`,
  },
  {
    kind: 'stageChange',
    sql: `SELECT c.id, jsonb_build_object('id', c.id, 'agent', a.name, 'from', c.from_stage, 'to', c.to_stage,
                   'kind', c.kind, 'gate', c.gate, 'review', c.gate_review_id, 'cause', c.cause, 'reason', c.reason,
                   'clause', c.clause, 'by', p.name, 'at', ${iso('c.at')}) AS record
            FROM stage_change c JOIN agent a ON a.id = c.agent_id LEFT JOIN person p ON p.id = c.by_id
           WHERE c.workspace_id = $1 AND ($2::uuid IS NULL OR c.id > $2::uuid) ORDER BY c.id LIMIT $3`,
  },
];

/** Of an export with filters: what holds the chain, and nothing that the entries speak of. */
export const KINDS_OF_CHAIN: readonly RecordKind[] = ['key'];

type Client = Pick<PoolClient, 'query'>;

/** Of an export of everything without the bytes of attached files, which the evidence names by their digests. */
export const KINDS_BUT_FILES: readonly RecordKind[] = RECORDS.flatMap(({ kind }) =>
  kind === 'file' ? [] : [kind],
);

/** Every record of the kinds wanted (all when undefined), a page at a time in the client's snapshot. */
export async function* recordRows(
  client: Client,
  workspaceId: string,
  wanted: readonly RecordKind[] | undefined,
): AsyncGenerator<{ kind: RecordKind; record: unknown }[]> {
  for (const { kind, sql, page = 200 } of RECORDS) {
    if (wanted !== undefined && !wanted.includes(kind)) continue;
    for (let after: string | null = null; ; ) {
      const { rows }: { rows: { id: string; record: unknown }[] } = await client.query(sql, [
        workspaceId,
        after,
        page,
      ]);
      yield rows.map(({ record }) => ({ kind, record }));
      after = rows.at(-1)?.id ?? null;
      if (rows.length < page) break;
    }
  }
}

/** Entries without a link: those that wait for one, or those below the mark, where nobody looks any more. */
export async function unlinkedEntries(
  client: Client,
  workspaceId: string,
  kind: 'pending' | 'unsealed',
): Promise<Record<string, unknown>[]> {
  const { rows } = await client.query(
    `SELECT ${entryColumns('e')} FROM audit_entry e
      WHERE e.workspace_id = $1 AND e.id ${kind === 'pending' ? '>' : '<='} ${SETTLED} AND ${unlinked()}
      ORDER BY e.id LIMIT 10000`,
    [workspaceId],
  );
  return rows;
}
