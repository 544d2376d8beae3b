import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { AppError } from '@/lib/errors';
import { type ChainedEntry, entryText } from '@/lib/evidence/chain';
import { sha256Hex } from '@/lib/evidence/digest';
import { envelopeOf } from '@/lib/evidence/dsse';
import {
  EXPORT_FORMAT,
  EXPORT_TYPE,
  endText,
  type RecordKind,
  recordLine,
} from '@/lib/evidence/export-lines';
import { CHAIN_START, entryLine, goneLine, leftOutLine } from '@/lib/evidence/links';
import { currentKey } from '@/lib/services/instance-keys/current-key';
import { signWithInstance } from '@/lib/services/instance-keys/sign';
import { appendAlone } from './append-alone';
import type { AuditQuery } from './audit-query';
import { type ChainHead, entryColumns } from './chain-rows';
import { conditionsOf } from './read-entries';
import { KINDS_BUT_FILES, KINDS_OF_CHAIN, recordRows, unlinkedEntries } from './record-rows';
import { sealAll } from './seal-entries';

/** Each holds a connection and a snapshot for as long as its reader takes. */
const AT_ONCE = 2;
const PAGE = 1000;
let underWay = 0;

/**
 * The workspace's record as a file that anybody can verify without us (lib/evidence/export-lines.ts): keys, contracts,
 * evidence, gate reviews, signatures, stage changes, and the audit log with its chain and checkpoints, signed at the end.
 * With filters: the entries that fit, and the digests of those between them so that the chain closes; no other records.
 * `files`: with the bytes of attached files, which else are named by their digests.
 *
 * What was appended so far is linked and signed first; then all is read from one snapshot, a page at a time. That it was
 * exported is an entry too. Throws `rate_limited` while others are under way, `unavailable` when the instance cannot sign.
 */
export async function* exportRecord(
  actor: Actor,
  query: AuditQuery,
  { files = false }: { files?: boolean } = {},
): AsyncGenerator<string> {
  const { workspaceId } = actor;
  authorize(actor, 'audit.read', { workspaceId });
  if (underWay >= AT_ONCE)
    throw new AppError('rate_limited', 'Other exports are under way: try again when they are done.', {
      retryAfterSeconds: 10,
    });
  underWay += 1;
  let client: PoolClient | undefined;
  try {
    const { before: _, ...rest } = query;
    const chosen = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
    const filter = Object.keys(chosen).length === 0 ? null : chosen;
    await appendAlone({
      workspaceId,
      actor,
      action: 'audit.exported',
      subject: `workspace:${workspaceId}`,
      detail: { format: 'jsonl', ...filter, ...(files && filter === null ? { files } : {}) },
    });
    await sealAll(workspaceId);
    client = await db().connect();
    // It may end while the reader has yet to ask for more; the next statement says so, and an error that nobody hears would end
    // the process.
    client.on('error', ignore);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // A reader may be slow, and the workspace large.
    await client.query(
      `SET LOCAL idle_in_transaction_session_timeout = '15min'; SET LOCAL statement_timeout = '10min'`,
    );
    yield* lines(client, workspaceId, rest, filter, files && filter === null);
  } finally {
    underWay -= 1;
    if (client !== undefined) await giveBack(client);
  }
}

async function giveBack(client: PoolClient): Promise<void> {
  const broken = await client.query('ROLLBACK').then(
    () => false,
    (error: unknown) => (error instanceof Error ? error : true),
  );
  client.removeListener('error', ignore);
  client.release(broken);
}

function ignore(): void {}

async function* lines(
  client: PoolClient,
  workspaceId: string,
  query: AuditQuery,
  filter: Record<string, string> | null,
  files: boolean,
): AsyncGenerator<string> {
  const records = createHash('sha256');
  let [n, written] = [0, 0];
  const line = (kind: RecordKind, record: unknown) => {
    n += 1;
    written += 1;
    const text = recordLine(kind, n, record);
    records.update(text);
    return text;
  };
  const { rows } = await client.query<{ name: string; at: Date }>(
    "SELECT name, date_trunc('milliseconds', now()) AS at FROM workspace WHERE id = $1",
    [workspaceId],
  );
  const name = rows[0]?.name ?? '';
  const at = (rows[0]?.at ?? new Date()).toISOString();
  const { id: signedBy } = await currentKey(client);
  yield line('export', {
    format: EXPORT_FORMAT,
    workspace: { id: workspaceId, name },
    at,
    signedBy,
    filter,
    ...(files ? { files } : {}),
  });

  const kinds = filter !== null ? KINDS_OF_CHAIN : files ? undefined : KINDS_BUT_FILES;
  for await (const page of recordRows(client, workspaceId, kinds))
    if (page.length > 0) yield page.map(({ kind, record }) => line(kind, record)).join('');

  if (filter === null)
    for (const kind of ['pending', 'unsealed'] as const) {
      const unlinked = await unlinkedEntries(client, workspaceId, kind);
      if (unlinked.length > 0) yield unlinked.map((entry) => line(kind, entry)).join('');
    }

  let head: ChainHead = { seq: 0, hash: CHAIN_START };
  for await (const page of linkPages(client, workspaceId, filter === null ? null : query)) {
    let text = '';
    for (const { link, checkpoint } of page) {
      if (link !== null) {
        text += link.line;
        written += 1;
        head = { seq: link.seq, hash: link.hash };
      }
      if (checkpoint !== null) text += line('checkpoint', checkpoint);
    }
    yield text;
  }

  const payload = endText({
    workspace: workspaceId,
    at,
    lines: written,
    records: records.digest('hex'),
    ...head,
  });
  const signature = await signWithInstance(client, EXPORT_TYPE, payload);
  yield recordLine('end', n + 1, envelopeOf(EXPORT_TYPE, payload, [signature]));
}

interface Step {
  link: { line: string; seq: number; hash: string } | null;
  checkpoint: unknown;
}

/** The chain as lines, each with the checkpoint that was signed there. What was checkpointed beyond its end comes last. */
async function* linkPages(
  client: PoolClient,
  workspaceId: string,
  query: AuditQuery | null,
): AsyncGenerator<Step[]> {
  const values = new SqlValues();
  const fits = query === null ? 'true' : `(SELECT ${conditionsOf(workspaceId, query, values)})`;
  if (query === null) values.add(workspaceId);
  const after = values.add(0);
  const sql = `SELECT l.seq, encode(l.hash, 'hex') AS hash, l.entry_id AS "entryId", e.*
      FROM (SELECT * FROM audit_link WHERE workspace_id = $1 AND seq > ${after} ORDER BY seq LIMIT ${PAGE}) l
      LEFT JOIN LATERAL (SELECT ${entryColumns('audit_entry')}, ${fits} AS fits
                           FROM audit_entry WHERE audit_entry.id = l.entry_id) e ON true
     ORDER BY l.seq`;
  const checkpoints = await signedCheckpoints(client, workspaceId);
  for (;;) {
    const { rows } = await client.query<LinkRow>(sql, values.list);
    if (rows.length === 0) break;
    const last = rows.at(-1)?.seq ?? 0;
    yield rows.map((row) => {
      const checkpoint = checkpoints.get(row.seq) ?? null;
      checkpoints.delete(row.seq);
      return { link: { line: linkLine(row), seq: row.seq, hash: row.hash }, checkpoint };
    });
    values.list[values.list.length - 1] = last;
    if (rows.length < PAGE) break;
  }
  yield [...checkpoints.values()].map((checkpoint) => ({ link: null, checkpoint }));
}

type LinkRow = { seq: number; hash: string; entryId: number; fits: boolean | null } & (
  | ChainedEntry
  | { [Member in keyof ChainedEntry]: null }
);

function linkLine(row: LinkRow): string {
  const { seq, hash, entryId, fits, ...entry } = row;
  if (entry.id === null) return goneLine(entryId, { hash, seq });
  const text = entryText(entry);
  return fits === true ? entryLine(text, { hash, seq }) : leftOutLine(sha256Hex(text), { hash, seq });
}

/** A thousandth of the entries: they fit in memory. */
async function signedCheckpoints(client: PoolClient, workspaceId: string): Promise<Map<number, unknown>> {
  const { rows } = await client.query<{ seq: number; envelope: unknown }>(
    'SELECT seq, envelope FROM audit_checkpoint WHERE workspace_id = $1 ORDER BY seq',
    [workspaceId],
  );
  return new Map(rows.map(({ seq, envelope }) => [seq, envelope]));
}
