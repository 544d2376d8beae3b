import type { PoolClient } from 'pg';
import type { Band } from '@/lib/contract/schema';
import { agentById, type ResolvedAgent, resolveAgent } from '@/lib/services/agents/resolve-agent';
import {
  type ContractInForce,
  contractInForce,
  contractVersion,
} from '@/lib/services/contracts/contract-in-force';
import { switchHolds } from '@/lib/services/kill-switches/switch-holds';
import { ladderHolds } from '@/lib/services/ladder/ladder-holds';
import { priceList } from '@/lib/services/prices/price-list';
import type { AgentSpending } from './agent-spending';
import { type FoundBreach, foldCalls, NO_VERDICT, type Rules, type Verdict } from './fold-calls';
import { foldShape, type Interval, isBetter } from './fold-shape';
import type { RunWork } from './join-traces';
import { loadSpans, spanKey } from './load-runs';
import {
  type AgentEvidence,
  comparePlaces,
  compareSpans,
  emptyFold,
  isOrdered,
  placeOf,
  type RunFold,
} from './run-fold';
import { statusAt } from './run-holds';
import type { RunSpan } from './run-span';
import type { StoredSpan } from './span-rows';

type Client = Pick<PoolClient, 'query'>;

/** A run as this batch leaves it. */
export interface JudgedRun {
  work: RunWork;
  fold: RunFold;
  agent: ResolvedAgent;
  contract: ContractInForce | null;
  /** Spans to be written. */
  added: [RunSpan, Verdict][];
  /** Stored spans whose verdict is another now. */
  changed: [RunSpan, Verdict][];
  /** Breaches found now: those since the last batch, or all of them when the run was folded anew. */
  breaches: FoundBreach[];
  /** Breaches known before this batch, by their key. */
  knownBreaches: Readonly<Record<string, Band>>;
  /** It was folded anew: breaches not among `breaches` are none. */
  rebuilt: boolean;
}

interface Context {
  client: Client;
  workspaceId: string;
  priceOf: Rules['priceOf'];
  spending: AgentSpending;
  /** When kill switches were on; null: never. */
  switches: Awaited<ReturnType<typeof switchHolds>>;
  /** When agents stood on the ladder; null: none ever did. */
  ladder: Awaited<ReturnType<typeof ladderHolds>>;
}

/** When a stored span was recorded, epoch milliseconds; undefined: it comes with this batch. */
type ReceivedOf = (span: RunSpan) => number | undefined;

/**
 * Judges each run with what the batch brings. Where the new spans come behind everything judged so far they are simply
 * added; otherwise (a late call, another agent, traces joined) the run is judged anew from all its spans.
 *
 * @param spending what agents have spent; takes note of what these runs add
 * @param intervals start and end of stored spans that are parents of new ones
 * @param tracesOf all traces of the runs that are judged anew, those that move included
 */
export async function judgeRuns(
  client: Client,
  workspaceId: string,
  works: readonly RunWork[],
  spending: AgentSpending,
  intervals: ReadonlyMap<string, Interval>,
  tracesOf: (runs: readonly RunWork[]) => Promise<Map<string, string[]>>,
): Promise<JudgedRun[]> {
  const { priceOf } = await priceList(workspaceId);
  const switches = await switchHolds(workspaceId);
  const ladder = await ladderHolds(workspaceId);
  const context: Context = { client, workspaceId, priceOf, spending, switches, ladder };
  const inOrder = [...works].sort((a, b) => firstUs(a) - firstUs(b));
  const judged: JudgedRun[] = [];
  const again: RunWork[] = [];
  for (const work of inOrder) {
    const run = work.rebuild ? null : await addTo(context, work, intervals);
    if (run === null) again.push(work);
    else judged.push(run);
  }
  if (again.length > 0) {
    const traces = await tracesOf(again);
    const stored = await loadSpans(client, workspaceId, [...traces.values()].flat());
    for (const work of again) {
      const own = (traces.get(work.id) ?? []).flatMap((traceId) => stored.get(traceId) ?? []);
      judged.push(await judgeAnew(context, work, own, traces.get(work.id) ?? []));
    }
  }
  return judged;
}

/** The quick way; null when it is not open to this run. */
async function addTo(
  context: Context,
  work: RunWork,
  intervals: ReadonlyMap<string, Interval>,
): Promise<JudgedRun | null> {
  const spans = arrivalsOf(work);
  const fold = work.stored?.fold ?? emptyFold();
  const calls = spans.filter(isOrdered);
  const first = calls[0];
  if (fold.last !== null && first !== undefined && comparePlaces(placeOf(first), fold.last) <= 0) return null;

  const before = work.stored === null ? null : { ...fold.spend };
  const knownBreaches = work.stored === null ? {} : { ...fold.breaches };
  const known = fold.agent;
  fold.agent ??= askedFor(work);
  for (const traceId of work.gained) fold.open.push(traceId);
  foldShape(fold, spans, parentsIn(spans, intervals), boundAgents(work));

  const agent = await agentOf(context, work, fold.agent, fold.agent === known);
  const contract = await contractOf(context, work, agent);
  if (work.stored !== null && (contract?.versionId ?? null) !== work.stored.contractVersionId) return null;

  const own = work.stored?.agentId === agent.id ? (before ?? {}) : {};
  const rules = await rulesFor(context, work, agent, contract, calls, own, () => undefined);
  const { verdicts, breaches } = foldCalls(fold, calls, rules, () => undefined);
  context.spending.add(agent.id, fold.spend, before ?? {}, work.stored?.agentId ?? agent.id);
  return {
    work,
    fold,
    agent,
    contract,
    added: verdictsInOrder(spans, calls, verdicts),
    changed: [],
    breaches,
    knownBreaches,
    rebuilt: false,
  };
}

/** The thorough way: everything the run ever did, in order, under the rules of its agent. */
async function judgeAnew(
  context: Context,
  work: RunWork,
  stored: readonly StoredSpan[],
  traceIds: readonly string[],
): Promise<JudgedRun> {
  const known = new Map(stored.map((one) => [spanKey(one.span.traceId, one.span.spanId), one]));
  const arrivals = arrivalsOf(work).filter((span) => !known.has(spanKey(span.traceId, span.spanId)));
  const spans = [...stored.map((one) => one.span), ...arrivals].sort(compareSpans);
  const calls = spans.filter(isOrdered);
  const knownOf = (span: RunSpan) => known.get(spanKey(span.traceId, span.spanId));

  const fold = emptyFold();
  // Which key sent a stored span is known only from what was concluded then.
  for (const concluded of [work.stored?.fold.agent ?? null, askedFor(work), ...work.inherited])
    if (concluded !== null && concluded.agentId !== null)
      if (fold.agent === null || isBetter(concluded, fold.agent)) fold.agent = concluded;
  fold.open.push(...traceIds);
  foldShape(fold, spans, parentsIn(spans, new Map()), boundAgents(work));

  const agent = await agentOf(context, work, fold.agent, false);
  const contract = await contractOf(context, work, agent);
  const before = work.stored?.fold.spend ?? {};
  const own = work.stored?.agentId === agent.id ? before : {};
  const rules = await rulesFor(
    context,
    work,
    agent,
    contract,
    calls,
    own,
    (span) => knownOf(span)?.receivedMs,
  );
  const { verdicts, breaches } = foldCalls(fold, calls, rules, (span) => {
    const one = knownOf(span);
    return one === undefined ? undefined : one.verdict.costUsd;
  });
  context.spending.add(agent.id, fold.spend, before, work.stored?.agentId ?? agent.id);

  const added: [RunSpan, Verdict][] = [];
  const changed: [RunSpan, Verdict][] = [];
  for (const judged of verdictsInOrder(spans, calls, verdicts)) {
    const one = knownOf(judged[0]);
    if (one === undefined) added.push(judged);
    else if (!isSame(one.verdict, judged[1])) changed.push(judged);
  }
  return {
    work,
    fold,
    agent,
    contract,
    added,
    changed,
    breaches,
    // What another contract answered to a breach is not what this one does.
    knownBreaches:
      work.stored?.contractVersionId === contract?.versionId ? (work.stored?.fold.breaches ?? {}) : {},
    rebuilt: true,
  };
}

/** Each span with its verdict; `calls` are those of the spans that have one, in the same order. */
function verdictsInOrder(
  spans: readonly RunSpan[],
  calls: readonly RunSpan[],
  verdicts: readonly Verdict[],
): [RunSpan, Verdict][] {
  let next = 0;
  return spans.map((span) =>
    calls[next] === span ? [span, verdicts[next++] ?? NO_VERDICT] : [span, NO_VERDICT],
  );
}

function arrivalsOf(work: RunWork): RunSpan[] {
  const [only, ...others] = work.arrivals;
  if (only === undefined) return [];
  return others.length === 0 ? only.spans : work.arrivals.flatMap((trace) => trace.spans).sort(compareSpans);
}

function firstUs(work: RunWork): number {
  return work.arrivals.reduce((first, trace) => Math.min(first, trace.spans[0]?.startUs ?? first), Infinity);
}

function boundAgents(work: RunWork): (span: RunSpan) => string | null {
  const bound = new Map<string, string>();
  for (const trace of work.arrivals)
    if (trace.boundAgentId !== null) bound.set(trace.traceId, trace.boundAgentId);
  return bound.size === 0 ? () => null : (span) => bound.get(span.traceId) ?? null;
}

/** An agent that asked for decisions before its first span came is the run's agent. */
function askedFor(work: RunWork): AgentEvidence | null {
  if (work.stored === null || !work.stored.decisions) return null;
  return { rank: 0, at: { us: 0, traceId: '', spanId: '' }, names: [], agentId: work.stored.agentId };
}

/** In more spans than this a parent is looked up; in fewer it is looked for. */
const FEW = 24;

function parentsIn(
  spans: readonly RunSpan[],
  stored: ReadonlyMap<string, Interval>,
): (span: RunSpan, parentId: string) => Interval | undefined {
  const find = spans.length > FEW ? lookUpIn(spans) : lookForIn(spans);
  return (span, parentId) => {
    const parent = find(span.traceId, parentId);
    if (parent !== undefined) return [parent.startUs, parent.startUs + parent.durationUs];
    return stored.size === 0 ? undefined : stored.get(spanKey(span.traceId, parentId));
  };
}

type Find = (traceId: string, spanId: string) => RunSpan | undefined;

function lookForIn(spans: readonly RunSpan[]): Find {
  return (traceId, spanId) => {
    for (const span of spans) if (span.spanId === spanId && span.traceId === traceId) return span;
    return undefined;
  };
}

function lookUpIn(spans: readonly RunSpan[]): Find {
  const traces = new Map<string, Map<string, RunSpan>>();
  for (const span of spans) {
    let trace = traces.get(span.traceId);
    if (trace === undefined) {
      trace = new Map();
      traces.set(span.traceId, trace);
    }
    trace.set(span.spanId, span);
  }
  return (traceId, spanId) => traces.get(traceId)?.get(spanId);
}

async function agentOf(
  { client, workspaceId }: Context,
  work: RunWork,
  evidence: AgentEvidence | null,
  unchanged: boolean,
): Promise<ResolvedAgent> {
  const id = unchanged && work.stored !== null ? work.stored.agentId : evidence?.agentId;
  if (id !== null && id !== undefined) {
    const agent = await agentById(client, workspaceId, id);
    if (agent !== null) return agent;
  }
  return resolveAgent(client, workspaceId, evidence?.names ?? []);
}

/** A run keeps the version it began under; when it turns out to be another agent's, that agent's version holds. */
async function contractOf(
  { workspaceId }: Context,
  work: RunWork,
  agent: ResolvedAgent,
): Promise<ContractInForce | null> {
  const { stored } = work;
  if (stored === null || stored.agentId !== agent.id) return contractInForce(workspaceId, agent.id);
  return stored.contractVersionId === null ? null : contractVersion(stored.contractVersionId);
}

async function rulesFor(
  { priceOf, spending, switches, ladder }: Context,
  work: RunWork,
  agent: ResolvedAgent,
  contract: ContractInForce | null,
  calls: readonly RunSpan[],
  own: Readonly<Record<string, number>>,
  receivedOf: ReceivedOf,
): Promise<Rules> {
  return {
    contract,
    priceOf,
    authorityLevel: agent.authorityLevel,
    statusAt: heldBy(work, receivedOf),
    killSwitchAt: switchedOff(switches, agent, receivedOf),
    ladderAt: takenFrom(ladder, agent, receivedOf),
    spentByOthers: await spending.ofOthers(agent.id, contract, calls, own),
  };
}

function heldBy(work: RunWork, receivedOf: ReceivedOf): Rules['statusAt'] {
  const holds = work.stored?.holds ?? [];
  if (holds.length === 0) return () => 'running';
  const now = Date.now();
  return (span) => statusAt(holds, span.startUs / 1000, receivedOf(span) ?? now);
}

function switchedOff(
  switches: Context['switches'],
  agent: ResolvedAgent,
  receivedOf: ReceivedOf,
): Rules['killSwitchAt'] {
  if (switches === null) return () => null;
  const now = Date.now();
  return (span) => switches(agent, span.startUs / 1000, receivedOf(span) ?? now);
}

function takenFrom(
  ladder: Context['ladder'],
  agent: ResolvedAgent,
  receivedOf: ReceivedOf,
): Rules['ladderAt'] {
  if (ladder === null) return () => null;
  const now = Date.now();
  return (span) => ladder(agent.id, span.startUs / 1000, receivedOf(span) ?? now);
}

function isSame(a: Verdict, b: Verdict): boolean {
  return (
    a.risk === b.risk &&
    a.lane === b.lane &&
    a.costUsd === b.costUsd &&
    isSameList(a.categories, b.categories) &&
    isSameList(a.clauses, b.clauses)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
