import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { csvLine } from '@/lib/csv';
import { listRuns } from './list-runs';
import { type RunFilters, type RunPage, runPageSchema } from './run-filters';
import type { RunRow } from './run-row';

/** A file holds at most so many runs; its last line says when there were more. */
export const EXPORT_CAP = 100_000;

const COLUMNS: readonly { title: string; value: (run: RunRow) => string | number | null }[] = [
  { title: 'run', value: (run) => run.key },
  { title: 'id', value: (run) => run.id },
  { title: 'agent', value: (run) => run.agent.name },
  { title: 'status', value: (run) => run.status },
  { title: 'band', value: (run) => run.band },
  { title: 'answer', value: (run) => run.lane },
  { title: 'breaches', value: (run) => run.breachCount },
  { title: 'incident', value: (run) => (run.incident === null ? null : `INC-${run.incident.number}`) },
  { title: 'risk', value: (run) => run.risk },
  { title: 'score', value: (run) => run.score },
  { title: 'cost_usd', value: (run) => run.costUsd },
  { title: 'unpriced_calls', value: (run) => run.unpricedCalls },
  { title: 'input_tokens', value: (run) => run.inputTokens },
  { title: 'output_tokens', value: (run) => run.outputTokens },
  { title: 'model_calls', value: (run) => run.modelCalls },
  { title: 'tool_calls', value: (run) => run.toolCalls },
  { title: 'spans', value: (run) => run.spanCount },
  { title: 'failed_spans', value: (run) => run.errorCount },
  { title: 'unknown_tools', value: (run) => run.unknownTools.join(' ') },
  { title: 'started_at', value: (run) => run.startedAt },
  { title: 'duration_ms', value: (run) => run.durationMs },
  { title: 'waited_ms', value: (run) => run.waitedMs },
  { title: 'contract_version', value: (run) => run.contract?.number ?? null },
  { title: 'contract_digest', value: (run) => run.contract?.digest ?? null },
];

/** The runs that fit, as CSV (RFC 4180), a page at a time so that a large file never stands in memory. */
export async function* exportRuns(
  actor: Actor,
  filters: RunFilters,
  sort: Pick<RunPage, 'sort' | 'order'>,
): AsyncGenerator<string> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  yield csvLine(COLUMNS.map((column) => column.title));
  let after = '';
  for (let written = 0; written < EXPORT_CAP; ) {
    const page = await listRuns(actor, filters, runPageSchema.parse({ ...sort, limit: 200, after }), {
      count: false,
    });
    yield page.rows.map((run) => csvLine(COLUMNS.map((column) => column.value(run)))).join('');
    written += page.rows.length;
    if (page.next === null) return;
    after = page.next;
  }
  yield csvLine([`There are more than ${EXPORT_CAP} runs: narrow the filters for the rest.`]);
}
