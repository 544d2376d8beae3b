import type { PoolClient } from 'pg';
import { z } from 'zod';
import { digestOf } from '@/lib/evidence/digest';
import { undoes } from '@/lib/response/undo-ledger';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { COMPENSATION_STATES, noteStep } from './compensation-row';

/** A tool call that intake has just stored. */
export interface NewCall {
  traceId: string;
  spanId: string;
  tool: string;
  /** Epoch milliseconds. */
  at: number;
  arguments?: unknown;
  failed: boolean;
}

/** What failed or expired may be done in the end, but is not waited for longer. */
const GIVEN_UP_DAYS = 30;
/** More are not looked at with one batch: those that wait go before those given up, newer before older. */
const MOST_OPEN = 1000;

const openSchema = z.array(
  z.object({
    id: z.string(),
    incident_id: z.string(),
    number: z.int(),
    tool: z.string(),
    by: z.string(),
    state: z.enum(COMPENSATION_STATES),
    called_at: z.date(),
    arguments_digest: z.string().nullable(),
    key_argument: z.string().nullable(),
    key_value: z.string().nullable(),
    contract_version_id: z.string().nullable(),
  }),
);

/**
 * Ends the compensations that calls in a batch of spans turn out to be, whoever made them: done, or failed when the call
 * ended in an error. Each call ends one. Within the transaction that stores the spans.
 *
 * @param tools the tools of the calls
 * @param read the calls, asked for only when one of the tools is waited for
 */
export async function compensationsRecorded(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  tools: readonly string[],
  read: () => readonly NewCall[],
): Promise<void> {
  if (tools.length === 0) return;
  const { rows } = await client.query(
    `WITH open AS (
       SELECT id FROM compensation
        WHERE workspace_id = $1 AND by = ANY($2) AND (state IN ('proposed', 'approved', 'sent')
          OR (state IN ('failed', 'expired') AND ended_at > now() - interval '${GIVEN_UP_DAYS} days'))
        ORDER BY state IN ('proposed', 'approved', 'sent') DESC, called_at DESC, id DESC LIMIT ${MOST_OPEN}
     )
     SELECT c.id, c.incident_id, i.number, c.tool, c.by, c.state, c.called_at, c.arguments_digest, c.key_argument, c.key_value,
            r.contract_version_id
       FROM open o JOIN compensation c ON c.id = o.id JOIN incident i ON i.id = c.incident_id JOIN run r ON r.id = c.run_id
      WHERE c.state IN ('proposed', 'approved', 'sent', 'failed', 'expired')
      ORDER BY c.called_at, c.id FOR UPDATE OF c`,
    [workspaceId, tools],
  );
  if (rows.length === 0) return;
  const open = openSchema.parse(rows);
  const calls = read().map((call) => ({ ...call, digest: once(() => digestOf(call.arguments)) }));
  const used = new Set<(typeof calls)[number]>();
  for (const row of open) {
    if (row.contract_version_id === null) continue;
    const { contract } = await contractVersion(row.contract_version_id);
    const record =
      row.key_argument === null || row.key_value === null
        ? null
        : { argument: row.key_argument, value: row.key_value };
    const call = calls.find(
      (one) =>
        !used.has(one) &&
        one.tool === row.by &&
        // The database keeps microseconds, a span's time is a fraction of a millisecond.
        Math.ceil(one.at) >= row.called_at.getTime() &&
        // Trying and failing before it was asked for ends nothing.
        (!one.failed || row.state === 'sent' || row.state === 'approved') &&
        undoes(contract, { record, argumentsDigest: row.arguments_digest }, one),
    );
    if (call === undefined) continue;
    used.add(call);
    const state = call.failed ? 'failed' : 'done';
    await client.query(
      `UPDATE compensation SET state = $2, ended_at = clock_timestamp(), ended_by = 'The recorded call', detail = NULL,
         by_trace_id = decode($3, 'hex'), by_span_id = decode($4, 'hex') WHERE id = $1`,
      [row.id, state, call.traceId, call.spanId],
    );
    await noteStep(client, { kind: 'system', workspaceId }, row, {
      action: state,
      detail: { traceId: call.traceId, spanId: call.spanId },
    });
  }
}

/** The same answer, found out when it is first asked for. */
function once(find: () => string): () => string {
  let found: string | undefined;
  return () => {
    found ??= find();
    return found;
  };
}
