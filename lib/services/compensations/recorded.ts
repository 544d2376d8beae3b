import type { PoolClient } from 'pg';
import { z } from 'zod';
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
    `SELECT c.id, c.incident_id, i.number, c.tool, c.by, c.state, c.called_at, c.arguments_digest, c.key_argument, c.key_value,
            r.contract_version_id
       FROM compensation c JOIN incident i ON i.id = c.incident_id JOIN run r ON r.id = c.run_id
      WHERE c.workspace_id = $1 AND c.by = ANY($2) AND c.state IN ('proposed', 'approved', 'sent', 'failed', 'expired')
      ORDER BY c.called_at, c.id LIMIT 1000 FOR UPDATE OF c`,
    [workspaceId, tools],
  );
  if (rows.length === 0) return;
  const open = openSchema.parse(rows);
  const calls = read();
  const used = new Set<NewCall>();
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
