import type { PoolClient } from 'pg';
import type { Contract } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { digestOf } from '@/lib/evidence/digest';
import { recordOf, undoingOf, undoLedger, undoUntil } from '@/lib/response/undo-ledger';
import { appendAudit } from '@/lib/services/audit/append';
import { compensatedTools } from './compensated-tools';
import { recordedCalls } from './recorded-calls';
import { send } from './send';

/** More are not proposed at a time: the rest soon after (propose-rest.ts). The record says how many there were. */
export const MOST_AT_A_TIME = 500;

/**
 * Proposes to undo what the run of an incident wrote and the contract names a compensating tool for, inside the transaction
 * of the incident: once per call, so that it may be called again when more is known of the run. What the contract lets be
 * undone without approval is sent at once; what can be undone no longer is written down as such.
 */
export async function proposeCompensations(
  client: PoolClient,
  about: {
    workspaceId: string;
    incidentId: string;
    runId: string;
    agentId: string;
    contract: Contract;
    now: Date;
  },
): Promise<void> {
  const { workspaceId, incidentId, contract, now } = about;
  const tools = compensatedTools(contract);
  if (tools !== null && tools.length === 0) return;
  const { calls, zone } = await recordedCalls(client, workspaceId, about.runId, tools);
  const ledger = undoLedger(contract, calls, new Map(), { now: now.getTime(), zone });
  const byId = new Map(calls.map((call) => [call.id, call]));
  const before = await client.query<{ call: string }>(
    `SELECT encode(trace_id, 'hex') || '/' || encode(span_id, 'hex') AS call FROM compensation
      WHERE workspace_id = $1 AND trace_id IN (SELECT decode(hex, 'hex') FROM unnest($2::text[]) AS hex)`,
    [workspaceId, [...new Set(calls.map((call) => call.traceId))]],
  );
  for (const { call } of before.rows) byId.delete(call);
  const rows = ledger.entries.flatMap((entry) => {
    const call = byId.get(entry.callId);
    const undoing = undoingOf(contract, entry.tool);
    if (call === undefined || undoing?.by === null || undoing === null || entry.failed) return [];
    if (entry.undo.state !== 'reversible' && entry.undo.state !== 'too-late') return [];
    const until = undoUntil(undoing, call.at, zone);
    const record = recordOf(contract, call.tool, call.arguments);
    return [
      {
        id: newId(),
        clause: undoing.clause,
        trace: `\\x${call.traceId}`,
        span: `\\x${call.spanId}`,
        tool: call.tool,
        called: new Date(call.at).toISOString(),
        by: undoing.by,
        args: call.arguments,
        digest: call.arguments === undefined ? null : digestOf(call.arguments),
        argument: record?.argument ?? null,
        value: record?.value ?? null,
        approval: undoing.approval,
        within: undoing.withinMinutes,
        due: until === null ? null : new Date(until).toISOString(),
        state: entry.undo.state === 'too-late' ? 'expired' : 'proposed',
      },
    ];
  });
  if (rows.length === 0) return;
  const inserted = await client.query<{
    id: string;
    tool: string;
    by: string;
    approval: string;
    state: string;
  }>(
    `INSERT INTO compensation (id, workspace_id, agent_id, run_id, incident_id, clause, trace_id, span_id, tool, called_at, by,
       arguments, arguments_digest, key_argument, key_value, approval, within_minutes, state, proposed_at, due_at, ended_at,
       ended_by, detail)
     SELECT n.id, $2, $3, $4, $5, n.clause, n.trace, n.span, n.tool, n.called, n.by, n.args, n.digest, n.argument, n.value,
            n.approval, n.within, n.state, clock_timestamp(), n.due, CASE n.state WHEN 'expired' THEN clock_timestamp() END,
            CASE n.state WHEN 'expired' THEN 'Countersign' END, CASE n.state WHEN 'expired' THEN $6::text END
       FROM json_to_recordset($1::json) AS n(id uuid, clause text, trace bytea, span bytea, tool text, called timestamptz, by text,
              args jsonb, digest text, argument text, value text, approval text, within float8, due timestamptz, state text)
     ON CONFLICT (workspace_id, trace_id, span_id) DO NOTHING RETURNING id, tool, by, approval, state`,
    [
      JSON.stringify(rows.slice(0, MOST_AT_A_TIME)),
      workspaceId,
      about.agentId,
      about.runId,
      incidentId,
      'It could no longer be undone when the incident opened.',
    ],
  );
  if (inserted.rows.length === 0) return;
  const system = { kind: 'system', workspaceId } as const;
  const incident = await client.query<{ number: number }>('SELECT number FROM incident WHERE id = $1', [
    incidentId,
  ]);
  await appendAudit(
    client,
    inserted.rows.map((row) => ({
      workspaceId,
      actor: system,
      action: row.state === 'expired' ? 'compensation.expired' : 'compensation.proposed',
      subject: `compensation:${row.id}`,
      detail: {
        incident: incident.rows[0]?.number,
        tool: row.tool,
        by: row.by,
        approval: row.approval,
        ...(rows.length > MOST_AT_A_TIME ? { ofCalls: rows.length } : {}),
      },
    })),
  );
  const unasked = inserted.rows.filter((row) => row.approval === 'none' && row.state === 'proposed');
  if (unasked.length > 0) {
    await client.query(
      `UPDATE compensation SET state = 'approved', decided_at = clock_timestamp() WHERE id = ANY($1::uuid[])`,
      [unasked.map((row) => row.id)],
    );
    for (const row of unasked) await send(client, system, row.id);
  }
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
}
