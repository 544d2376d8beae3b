import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { csvLine } from '@/lib/csv';
import { listRuns } from './list-runs';
import type { RunColumn } from './run-columns';
import { type RunFilters, type RunPage, runPageSchema } from './run-filters';
import type { RunRow } from './run-row';

/** A file holds at most so many runs; its last line says when there were more. */
export const EXPORT_CAP = 100_000;

/** A figure of what was recorded. Of a run that only asked for decisions nothing was: none, as on the page, and not 0. */
const recorded = (of: (run: RunRow) => number) => (run: RunRow) => (run.band === null ? null : of(run));
/** Nothing that has a price was called: not known. Where a part has one, that part, beside the calls without. */
const isUnpriced = (run: RunRow) => run.unpricedCalls > 0 && run.costUsd === 0;

/** What each column of the file says, and with which column of the list it comes; without one it always comes. */
const COLUMNS: readonly {
  title: string;
  of?: RunColumn;
  value: (run: RunRow) => string | number | null;
}[] = [
  { title: 'run', value: (run) => run.key },
  { title: 'id', value: (run) => run.id },
  { title: 'agent', of: 'agent', value: (run) => run.agent.name },
  { title: 'business_unit', of: 'unit', value: (run) => run.agent.businessUnit },
  { title: 'status', of: 'status', value: (run) => run.status },
  { title: 'band', of: 'band', value: (run) => run.band },
  { title: 'answer', of: 'answer', value: (run) => run.lane },
  { title: 'breaches', of: 'breaches', value: (run) => run.breachCount },
  {
    title: 'incident',
    of: 'incident',
    value: (run) => (run.incident === null ? null : `INC-${run.incident.number}`),
  },
  { title: 'risk', of: 'risk', value: recorded((run) => run.risk) },
  { title: 'score', of: 'score', value: (run) => run.score },
  { title: 'risk_score', of: 'risk-score', value: (run) => run.pillars.risk },
  { title: 'quality_score', of: 'quality-score', value: (run) => run.pillars.quality },
  { title: 'cost_score', of: 'cost-score', value: (run) => run.pillars.cost },
  {
    title: 'cost_usd',
    of: 'cost',
    value: (run) => (run.band === null || isUnpriced(run) ? null : run.costUsd),
  },
  { title: 'unpriced_calls', of: 'cost', value: recorded((run) => run.unpricedCalls) },
  { title: 'input_tokens', of: 'tokens', value: recorded((run) => run.inputTokens) },
  { title: 'output_tokens', of: 'tokens', value: recorded((run) => run.outputTokens) },
  { title: 'model_calls', of: 'model-calls', value: recorded((run) => run.modelCalls) },
  { title: 'tool_calls', of: 'tool-calls', value: recorded((run) => run.toolCalls) },
  { title: 'spans', of: 'spans', value: (run) => run.spanCount },
  { title: 'failed_spans', of: 'errors', value: recorded((run) => run.errorCount) },
  // Only where all columns are asked for: no column of the list shows it.
  { title: 'unknown_tools', value: (run) => run.unknownTools.join(' ') },
  { title: 'started_at', of: 'started', value: (run) => run.startedAt },
  { title: 'duration_ms', of: 'duration', value: recorded((run) => run.durationMs) },
  { title: 'waited_ms', of: 'duration', value: recorded((run) => run.waitedMs) },
  { title: 'contract_version', of: 'contract', value: (run) => run.contract?.number ?? null },
  { title: 'contract_digest', of: 'contract', value: (run) => run.contract?.digest ?? null },
];

/** The runs that fit, with the columns asked for (empty: all there are), as CSV (RFC 4180), a page at a time so that a large file never stands in memory. */
export async function* exportRuns(
  actor: Actor,
  filters: RunFilters,
  sort: Pick<RunPage, 'sort' | 'order'>,
  columns: readonly RunColumn[] = [],
): AsyncGenerator<string> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const shown = COLUMNS.filter(
    ({ title, of }) =>
      columns.length === 0 || (of === undefined ? title !== 'unknown_tools' : columns.includes(of)),
  );
  yield csvLine(shown.map((column) => column.title));
  let after = '';
  for (let written = 0; written < EXPORT_CAP; ) {
    const page = await listRuns(actor, filters, runPageSchema.parse({ ...sort, limit: 200, after }), {
      count: false,
    });
    yield page.rows.map((run) => csvLine(shown.map((column) => column.value(run)))).join('');
    written += page.rows.length;
    if (page.next === null) return;
    after = page.next;
  }
  yield csvLine([`There are more than ${EXPORT_CAP} runs: narrow the filters for the rest.`]);
}
