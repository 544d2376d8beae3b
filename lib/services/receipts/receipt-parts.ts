import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type ChainedEntry, entryDigest } from '@/lib/evidence/chain';
import { digestOf } from '@/lib/evidence/digest';
import { envelopeSchema } from '@/lib/evidence/dsse';
import type { Receipt } from '@/lib/evidence/receipt';
import { statementIn } from '@/lib/evidence/statement';
import { entryColumns } from '@/lib/services/audit/chain-rows';
import { recogniseStored, STORED_SPAN, storedSpanSchema } from '@/lib/services/runs/span-rows';

/** What the audit log calls it. */
export const RECEIPT_MADE = 'run.receipt-made';

/** More of one list is not given: its `total` says how many there are. */
const MOST = 2000;

type Client = Pick<PoolClient, 'query'>;

const lane = z.enum(['allow', 'degrade', 'escalate', 'block']);
const band = z.enum(['low', 'medium', 'high', 'critical']);
const iso = (at: Date) => at.toISOString();
const clausesOf = (json: unknown) => {
  const read = z.array(z.object({ clause: z.string() })).safeParse(json);
  return read.success ? read.data.map(({ clause }) => clause) : [];
};

/** The answers a run got, in their order. */
export async function decisionsOf(
  client: Client,
  workspaceId: string,
  runId: string,
): Promise<Receipt['decisions']> {
  const { rows } = await client.query<{
    seq: number;
    at: Date;
    tool: string;
    lane: string;
    clauses: unknown;
    arguments: string | null;
    contract: string | null;
    total: number;
  }>(
    `SELECT d.seq, d.decided_at AS at, d.tool, d.lane, d.clauses, encode(d.arguments_digest, 'hex') AS arguments,
            v.digest AS contract, count(*) OVER () AS total
       FROM decision d LEFT JOIN contract_version v ON v.id = d.contract_version_id
      WHERE d.workspace_id = $1 AND d.run_id = $2 ORDER BY d.seq LIMIT ${MOST}`,
    [workspaceId, runId],
  );
  return {
    total: rows[0]?.total ?? 0,
    given: rows.map(({ total: _, ...row }) => ({
      ...row,
      at: iso(row.at),
      lane: lane.parse(row.lane),
      clauses: clausesOf(row.clauses),
    })),
  };
}

export async function breachesOf(
  client: Client,
  workspaceId: string,
  runId: string,
): Promise<Receipt['breaches']> {
  const { rows } = await client.query<{
    clause: string;
    code: string;
    severity: string;
    message: string;
    at: Date;
    span: string | null;
    total: number;
  }>(
    `SELECT clause, code, severity, message, happened_at AS at, encode(span_id, 'hex') AS span, count(*) OVER () AS total
       FROM breach WHERE workspace_id = $1 AND run_id = $2 ORDER BY happened_at, id LIMIT ${MOST}`,
    [workspaceId, runId],
  );
  return {
    total: rows[0]?.total ?? 0,
    given: rows.map(({ total: _, ...row }) => ({
      ...row,
      at: iso(row.at),
      severity: band.parse(row.severity),
    })),
  };
}

/** What was measured of it; what was corrected since is left out. */
export async function signalsOf(
  client: Client,
  workspaceId: string,
  runId: string,
): Promise<Receipt['signals']> {
  const { rows } = await client.query<
    Omit<Receipt['signals']['given'][number], 'at'> & { at: Date; total: number }
  >(
    `SELECT family, metric, value, unit, samples, at, source, count(*) OVER () AS total
       FROM signal WHERE workspace_id = $1 AND run_id = $2 AND superseded_by IS NULL ORDER BY at, id LIMIT ${MOST}`,
    [workspaceId, runId],
  );
  return {
    total: rows[0]?.total ?? 0,
    given: rows.map(({ total: _, ...row }) => ({ ...row, at: iso(row.at) })),
  };
}

/** Models it called, the one with most calls first. */
export async function modelsOf(
  client: Client,
  workspaceId: string,
  runId: string,
): Promise<Receipt['models']> {
  const { rows } = await client.query<Receipt['models'][number]>(
    `SELECT s.model, count(*) AS calls, coalesce(sum(s.input_tokens), 0)::bigint AS "inputTokens",
            coalesce(sum(s.output_tokens), 0)::bigint AS "outputTokens", sum(s.cost_usd)::float8 AS "costUsd"
       FROM run_trace t JOIN span s ON s.workspace_id = $1 AND s.trace_id = t.trace_id
      WHERE t.workspace_id = $1 AND t.run_id = $2 AND s.model IS NOT NULL
      GROUP BY s.model ORDER BY count(*) DESC, s.model`,
    [workspaceId, runId],
  );
  return rows;
}

export async function incidentsOf(
  client: Client,
  runId: string,
): Promise<(Receipt['incidents'][number] & { id: string })[]> {
  const { rows } = await client.query<{
    id: string;
    number: number;
    title: string;
    severity: string;
    state: string;
    openedAt: Date;
  }>(
    `SELECT i.id, i.number, i.title, i.severity, i.state, i.opened_at AS "openedAt"
       FROM incident_run t JOIN incident i ON i.id = t.incident_id WHERE t.run_id = $1 ORDER BY i.number`,
    [runId],
  );
  return rows.map((row) => ({ ...row, severity: band.parse(row.severity), openedAt: iso(row.openedAt) }));
}

export async function compensationsOf(client: Client, runId: string): Promise<Receipt['compensations']> {
  const { rows } = await client.query<
    Omit<Receipt['compensations'][number], 'endedAt'> & { endedAt: Date | null }
  >(
    `SELECT c.tool, encode(c.trace_id, 'hex') || '/' || encode(c.span_id, 'hex') AS call, c.by, c.state,
            p.name AS "decidedBy", c.ended_by AS "endedBy", c.ended_at AS "endedAt"
       FROM compensation c LEFT JOIN person p ON p.id = c.decided_by_id WHERE c.run_id = $1 ORDER BY c.called_at, c.id`,
    [runId],
  );
  return rows.map((row) => ({ ...row, endedAt: row.endedAt === null ? null : iso(row.endedAt) }));
}

/** Who signed a contract version at its gates, as they signed it; at G1 it is the proposal that is signed. */
export async function signaturesOn(
  client: Client,
  workspaceId: string,
  version: { id: string; digest: string },
): Promise<Receipt['signatures']> {
  const { rows } = await client.query<{ digest: string; envelope: unknown }>(
    `SELECT s.statement_digest AS digest, s.envelope FROM signature s JOIN gate_review r ON r.id = s.gate_review_id
      WHERE s.workspace_id = $1 AND r.contract_version_id = $2 ORDER BY s.signed_at, s.id`,
    [workspaceId, version.id],
  );
  return rows.flatMap(({ digest, envelope: stored }) => {
    const envelope = envelopeSchema.parse(stored);
    const inside = statementIn(envelope);
    if (!inside.ok || inside.statement.subject.digest.sha256 !== version.digest) return [];
    const { gate, role, signer, onBehalfOf, meaning, signedAt } = inside.statement;
    return [
      {
        gate,
        role,
        person: signer.name,
        onBehalfOf: onBehalfOf?.name ?? null,
        meaning,
        signedAt,
        statement: digest,
        envelope,
      },
    ];
  });
}

/** Tool calls as they were recorded, oldest first. */
export async function callsOf(client: Client, workspaceId: string, runId: string): Promise<Receipt['calls']> {
  const { rows } = await client.query(
    `SELECT ${STORED_SPAN}, s.tool, count(*) OVER () AS total
       FROM run_trace t JOIN span s ON s.workspace_id = $1 AND s.trace_id = t.trace_id
      WHERE t.workspace_id = $1 AND t.run_id = $2 AND s.tool IS NOT NULL
      ORDER BY s.started_at, s.span_id LIMIT ${MOST}`,
    [workspaceId, runId],
  );
  return {
    total: rows[0]?.total ?? 0,
    given: rows.flatMap((row): Receipt['calls']['given'] => {
      const stored = storedSpanSchema.parse(row);
      const { tool } = recogniseStored(row);
      if (tool === null) return [];
      return [
        {
          at: new Date(stored.started_us / 1000).toISOString(),
          tool: tool.name,
          trace: stored.trace_id,
          span: stored.span_id,
          failed: stored.status === 'error',
          arguments: tool.arguments === undefined ? null : digestOf(tool.arguments),
          categories: stored.categories,
          lane: stored.lane,
          clauses: stored.clauses,
        },
      ];
    }),
  };
}

/** What the audit log has about any of the subjects, oldest first. That a receipt was made is left out: it is no part of the run. */
export async function recordOf(
  client: Client,
  workspaceId: string,
  subjects: readonly string[],
): Promise<Receipt['record']> {
  const { rows } = await client.query<ChainedEntry & { total: number }>(
    `SELECT ${entryColumns('e')}, count(*) OVER () AS total FROM audit_entry e
      WHERE e.workspace_id = $1 AND e.subject = ANY($2) AND e.action <> '${RECEIPT_MADE}' ORDER BY e.id LIMIT ${MOST}`,
    [workspaceId, subjects],
  );
  return {
    total: rows[0]?.total ?? 0,
    given: rows.map(({ total: _, ...entry }) => ({
      entry: entry.id,
      at: entry.at,
      who: entry.actorName,
      action: entry.action,
      subject: entry.subject,
      digest: entryDigest(entry),
    })),
  };
}
