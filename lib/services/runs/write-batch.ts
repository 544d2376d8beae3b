import type { PoolClient } from 'pg';
import { notify } from '@/lib/db/notify';
import { followCalls } from '@/lib/services/compensations/follow-calls';
import { answerBreaches, type Breached } from '@/lib/services/incidents/open-incident';
import { joinWaiting } from '@/lib/services/signals/follow-runs';
import { AgentSpending } from './agent-spending';
import { confirmStops } from './confirm-stops';
import { copySpans } from './copy-spans';
import type { Interval } from './fold-shape';
import {
  conversationOf,
  groupByTrace,
  type Joined,
  joinTraces,
  type LeavingRun,
  type RunWork,
  type TraceArrivals,
} from './join-traces';
import { judgeRuns } from './judge-runs';
import { type KnownRuns, loadIntervals, loadRuns, loadSpans, loadTraces, spanKey } from './load-runs';
import { mergeRuns } from './merge-runs';
import { rehome } from './rehome-runs';
import { compareSpans } from './run-fold';
import type { RunSpan } from './run-span';
import { heldRuns, settleWaiting } from './settle-waiting';
import { storeBreaches } from './store-breaches';
import { insertRuns, insertTraces, moveTraces, touchAgents, updateRuns, updateVerdicts } from './store-runs';

/** Spans of one request. */
export interface Arrival {
  spans: readonly RunSpan[];
  /** The agent that the key which sent them is bound to. */
  boundAgentId: string | null;
}

/**
 * Writes a batch of one workspace inside the caller's transaction: spans joined to their runs, judged, deduplicated;
 * runs, breaches and what follows from them. Locks are taken in the order runs (by id), new runs (by key), traces,
 * agents, so that planes seldom meet crosswise; when they do, the caller begins the transaction again.
 *
 * @param careful look for stored spans in every trace, not only in traces that are known
 * @throws Restart when another plane changed what was read
 */
export async function writeBatch(
  client: PoolClient,
  workspaceId: string,
  batch: readonly Arrival[],
  careful: boolean,
): Promise<void> {
  await client.query(PLANS);
  const traces = groupByTrace(batch);
  const known = await loadRuns(client, workspaceId, [...traces.keys()], keysOf(traces));
  const { intervals, orphaned } = await dropStored(client, workspaceId, traces, known, careful);
  if (traces.size === 0) return;
  const joined = joinTraces(traces, await conversations(client, workspaceId, traces, known), known);
  for (const work of joined.works)
    if (work.gained.some((traceId) => orphaned.has(traceId))) work.rebuild = true;
  const { staying, leaving, tracesOf } = await partRuns(client, joined);

  const spending = new AgentSpending(client);
  const runs = await judgeRuns(client, workspaceId, staying, spending, intervals, tracesOf);
  await insertRuns(
    client,
    workspaceId,
    runs.filter((run) => run.work.stored === null),
  );
  await updateRuns(
    client,
    runs.filter((run) => run.work.stored !== null),
  );
  await insertTraces(client, workspaceId, newTraces(joined));
  await moveTraces(client, workspaceId, joined.moves);
  await copySpans(
    client,
    runs.map((run) => run.added),
  );
  await updateVerdicts(
    client,
    workspaceId,
    runs.flatMap((run) => run.changed),
  );
  const fresh = await storeBreaches(client, workspaceId, runs);
  await mergeRuns(client, workspaceId, leaving, spending);
  await settleWaiting(client, workspaceId, heldRuns(runs, leaving));
  // Before agents go that were only known for runs that are another's: their spending goes with them.
  await spending.store(workspaceId);
  await rehome(client, workspaceId, runs, leaving);
  await joinWaiting(client, workspaceId, [...runs.map(({ work }) => work.key), ...traces.keys()]);
  await touchAgents(client, runs);
  await confirmStops(client, workspaceId, runs);

  const now = new Date();
  const breached: Breached[] = [];
  for (const [{ work, agent, contract }, breaches] of fresh) {
    if (contract === null) continue;
    breached.push({
      workspaceId,
      run: { id: work.id, key: work.key },
      agent,
      contract: contract.contract,
      versionId: contract.versionId,
      breaches: breaches.map((breach) => ({ ...breach, happenedAt: new Date(breach.span.startUs / 1000) })),
      now,
    });
  }
  await answerBreaches(client, breached);
  await followCalls(client, workspaceId, runs, now);
  const [first] = runs;
  await notify(client, {
    workspaceId,
    topic: 'run',
    id: runs.length === 1 && first !== undefined ? first.work.id : '',
  });
}

/**
 * Everything here is looked up by key. Left to itself the planner reads whole tables while their statistics are young,
 * and these tables grow by thousands of rows before statistics follow.
 */
const PLANS = ['seqscan', 'bitmapscan', 'material', 'hashjoin', 'mergejoin']
  .map((way) => `SET LOCAL enable_${way} = off`)
  .join('; ');

/** Every key a trace's run may have: its conversation, or the trace itself. */
function keysOf(traces: ReadonlyMap<string, TraceArrivals>): string[] {
  const keys = new Set<string>(traces.keys());
  for (const { spans } of traces.values())
    for (const { conversationId } of spans) if (conversationId !== null) keys.add(conversationId);
  return [...keys];
}

/**
 * Takes out of the batch what is stored already, and looks up parents that are not in it. `orphaned` are traces that
 * have stored spans but no run (it was removed): their run is made anew from them.
 */
async function dropStored(
  client: PoolClient,
  workspaceId: string,
  traces: Map<string, TraceArrivals>,
  known: KnownRuns,
  careful: boolean,
): Promise<{ intervals: Map<string, Interval>; orphaned: Set<string> }> {
  const wanted: { traceId: string; spanId: string }[] = [];
  for (const { traceId, spans } of traces.values()) {
    if (!careful && !known.traces.has(traceId)) continue;
    const ids = new Set<string>();
    for (const span of spans) {
      ids.add(span.spanId);
      if (span.parentSpanId !== null) ids.add(span.parentSpanId);
    }
    for (const spanId of ids) wanted.push({ traceId, spanId });
  }
  const intervals = await loadIntervals(client, workspaceId, wanted);
  const orphaned = new Set<string>();
  if (intervals.size === 0) return { intervals, orphaned };
  for (const trace of traces.values()) {
    const { traceId } = trace;
    const before = trace.spans.length;
    trace.spans = trace.spans.filter((span) => !intervals.has(spanKey(traceId, span.spanId)));
    if (trace.spans.length < before && !known.traces.has(traceId)) orphaned.add(traceId);
    if (trace.spans.length === 0 && !orphaned.has(traceId)) traces.delete(traceId);
  }
  return { intervals, orphaned };
}

/** The conversation of each trace. Where spans of one trace name two, the first counts, and it may be stored already. */
async function conversations(
  client: PoolClient,
  workspaceId: string,
  traces: ReadonlyMap<string, TraceArrivals>,
  known: KnownRuns,
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  const disputed: TraceArrivals[] = [];
  for (const trace of traces.values()) {
    const conversation = conversationOf(trace.spans);
    found.set(trace.traceId, conversation);
    const run = known.runs.get(known.traces.get(trace.traceId) ?? '');
    if (conversation !== null && run !== undefined)
      if (run.conversationId !== null && run.conversationId !== conversation) disputed.push(trace);
  }
  const stored = await loadSpans(
    client,
    workspaceId,
    disputed.map((trace) => trace.traceId),
  );
  for (const trace of disputed) {
    const all = [...(stored.get(trace.traceId) ?? []).map((one) => one.span), ...trace.spans];
    found.set(trace.traceId, conversationOf(all.sort(compareSpans)));
  }
  return found;
}

/** Tells runs that go on from those that lose their last trace, and which traces each has when the batch is in. */
async function partRuns(
  client: PoolClient,
  joined: Joined,
): Promise<{
  staying: RunWork[];
  leaving: LeavingRun[];
  tracesOf: (runs: readonly RunWork[]) => Promise<Map<string, string[]>>;
}> {
  const movedTo = new Map(joined.moves.map((move) => [move.traceId, move.to]));
  const tracesOf = async (runs: readonly RunWork[]) => {
    const current = await loadTraces(
      client,
      runs.map((run) => run.id),
    );
    const byRun = new Map<string, string[]>(runs.map((run) => [run.id, [...run.gained]]));
    for (const [traceId, runId] of current) if (!movedTo.has(traceId)) byRun.get(runId)?.push(traceId);
    return byRun;
  };
  if (joined.moves.length === 0) return { staying: joined.works, leaving: [], tracesOf };
  const sources = new Set(joined.moves.map((move) => move.from));
  const left = await tracesOf(joined.works.filter((work) => sources.has(work.id)));
  const staying: RunWork[] = [];
  const leaving: LeavingRun[] = [];
  for (const work of joined.works) {
    const to = joined.moves.find((move) => move.from === work.id)?.to;
    if (to === undefined || (left.get(work.id) ?? []).length > 0) staying.push(work);
    else leaving.push({ work, to });
  }
  return { staying, leaving, tracesOf };
}

function newTraces({ works, moves }: Joined): { traceId: string; runId: string }[] {
  const moved = new Set(moves.map((move) => move.traceId));
  return works.flatMap((work) =>
    work.gained.filter((traceId) => !moved.has(traceId)).map((traceId) => ({ traceId, runId: work.id })),
  );
}
