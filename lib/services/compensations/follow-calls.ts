import type { PoolClient } from 'pg';
import type { JudgedRun } from '@/lib/services/runs/judge-runs';
import { compensatedTools } from './compensated-tools';
import { proposeCompensations } from './propose';
import { compensationsRecorded, type NewCall } from './recorded';

/**
 * What a batch of spans means for compensations, inside its transaction: calls that are compensating calls end what was asked
 * for, and writes that come late, of a run whose incident is open already, are proposed to be undone as well.
 */
export async function followCalls(
  client: PoolClient,
  workspaceId: string,
  runs: readonly JudgedRun[],
  now: Date,
): Promise<void> {
  const tools = new Set<string>();
  const late: JudgedRun[] = [];
  for (const run of runs) {
    const undone = run.contract === null ? [] : compensatedTools(run.contract.contract);
    let wrote = false;
    for (const [{ tool }] of run.added)
      if (tool !== null) {
        tools.add(tool.name);
        wrote ||= undone === null || undone.includes(tool.name);
      }
    if (wrote && run.work.stored !== null) late.push(run);
  }
  await compensationsRecorded(client, workspaceId, [...tools], () => runs.flatMap(callsOf));
  if (late.length === 0) return;
  const { rows } = await client.query<{ incident_id: string; run_id: string }>(
    'SELECT incident_id, run_id FROM incident_run WHERE run_id = ANY($1::uuid[]) AND closed_at IS NULL',
    [late.map((run) => run.work.id)],
  );
  for (const { incident_id: incidentId, run_id: runId } of rows) {
    const run = late.find((one) => one.work.id === runId);
    if (run?.contract == null) continue;
    await proposeCompensations(client, {
      workspaceId,
      incidentId,
      runId,
      agentId: run.agent.id,
      contract: run.contract.contract,
      now,
    });
  }
}

function callsOf(run: JudgedRun): NewCall[] {
  return run.added.flatMap(([span]) =>
    span.tool === null
      ? []
      : [
          {
            traceId: span.traceId,
            spanId: span.spanId,
            tool: span.tool.name,
            at: span.startUs / 1000,
            ...(span.tool.arguments === undefined ? {} : { arguments: span.tool.arguments }),
            failed: span.failed,
          },
        ],
  );
}
