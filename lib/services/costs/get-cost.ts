import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import type { OnCostBreach } from '@/lib/decision/types';
import { criterionKeys } from '@/lib/scoring/criteria';
import { type ForecastResult, forecastSpend, MOST_DAYS } from '@/lib/scoring/forecast';
import { infrastructureCost } from '@/lib/scoring/performance';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { type ShownVersion, shownInForce } from '@/lib/services/contracts/shown-in-force';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { type DayRange, dayAt, daysBack, daysOf, shiftDay } from '@/lib/services/rollups/window';
import { type CostBreach, costBreaches } from './cost-breaches';
import { type OutcomeCosts, type OutcomeScope, outcomeCosts } from './outcome-costs';

/** How many days the figures go back, today included. */
export const COST_DAYS = 30;

/** What runs cost, in US dollars: models and infrastructure each on its own. */
export interface Spent {
  runs: number;
  modelUsd: number;
  /** Runs with model calls that have no price: what they cost is not known, and `modelUsd` is a lower bound. */
  unpricedRuns: number;
  unpricedCalls: number;
  /** Null: no version that these runs were under names a rate. */
  infrastructureUsd: number | null;
  /** Runs under a version with a rate. */
  reckonedRuns: number;
}

/** The cost of one run, one accepted output, one completed task. */
export interface UnitCost {
  /** US dollars; null: unknown, and `why` says so. */
  usd: number | null;
  /** Of it, models alone and infrastructure alone (null: no rate). */
  modelUsd: number | null;
  infrastructureUsd: number | null;
  /** How many it was divided by. */
  count: number;
  /** True where some model calls have no price, so that it costs at least this. */
  atLeast: boolean;
  why: string | null;
}

export interface OutcomeUnit extends UnitCost {
  /** The criterion that says it; null: the contract names none. */
  criterion: string | null;
  /** The names its signals go by; empty where it is no criterion that an outcome measures. */
  metrics: string[];
  /** Runs whose outcome is known; `count` of them were good. */
  known: number;
  /** Runs of which something was said in a unit or on a scale that does not fit the criterion; that much is left out. */
  misfits: number;
  /** What it should cost at most; null without a ceiling. */
  ceilingUsd: number | null;
}

export interface Ceiling {
  period: 'day' | 'month';
  /** Null: no ceiling is agreed. */
  limitUsd: number | null;
  onBreach: OnCostBreach | null;
  spentUsd: number;
  /** When it begins anew (UTC). */
  until: string;
}

export interface AgentCost {
  agent: FoundAgent;
  /** The version in force. */
  version: ShownVersion | null;
  range: DayRange;
  spent: Spent;
  perRun: UnitCost;
  perAccepted: OutcomeUnit;
  perCompleted: OutcomeUnit;
  ratePerHourUsd: number | null;
  perRunCeilingUsd: number | null;
  ceilings: Ceiling[];
  /** UTC days of the last 30, as ceilings count them. */
  days: { x: string; spent: number }[];
  /** The month so far and to come (UTC): what is spent by the end of each day; `low` to `high` where it is forecast. */
  month: {
    x: string;
    spent: number | null;
    forecast: number | null;
    low: number | null;
    high: number | null;
  }[];
  forecast: ForecastResult;
  /** Costs that clients reported for the latest runs, beside ours for the same runs; null: none did. */
  reported: { runs: number; reportedUsd: number; oursUsd: number; of: number } | null;
  breaches: { shown: CostBreach[]; total: number };
}

/** Everything about what an agent costs. Throws `not_found`. */
export async function getCost(actor: Actor, input: { agent: string }, now: Date): Promise<AgentCost> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const { range, since } = await windowOf(workspaceId, now);
  const inForce = await shownInForce(workspaceId, agent.id);
  const contract = inForce?.contract ?? null;
  const scope = { workspaceId, agentId: agent.id };
  const [versions, spending, accepted, completed, reported, breaches] = await Promise.all([
    readRollups(db(), { ...scope, ...range }, ['version']),
    spendingOf(agent.id, now),
    outcomeOf(contract, 'acceptedWhen', { ...scope, ...range }),
    outcomeOf(contract, 'completedWhen', { ...scope, ...range }),
    reportedOf(workspaceId, agent.id),
    costBreaches(workspaceId, agent.id, since),
  ]);
  const spent = await spentBy(
    versions.map((row) => ({
      versionId: row.versionId,
      runs: row.runs,
      costUsd: row.costUsd,
      workedMs: row.durationMs,
      unpricedRuns: row.unpricedRuns,
      unpricedCalls: row.unpricedCalls,
    })),
  );
  const priced = versions.reduce(
    (sum, row) => ({ runs: sum.runs + row.pricedRuns, usd: sum.usd + row.pricedCostUsd }),
    { runs: 0, usd: 0 },
  );
  return {
    agent,
    version: inForce?.shown ?? null,
    range,
    spent,
    perRun: perRun(priced, spent),
    perAccepted: await perOutcome(accepted, contract?.cost.costPerAcceptedOutput ?? null, 'accepted'),
    perCompleted: await perOutcome(completed, null, 'completed'),
    ratePerHourUsd: contract?.cost.infrastructurePerHour ?? null,
    perRunCeilingUsd: contract?.cost.perRun ?? null,
    ceilings: [
      {
        period: 'day',
        limitUsd: contract?.cost.perDay ?? null,
        onBreach: contract?.cost.onBreach.perDay ?? null,
        spentUsd: spending.todayUsd,
        until: `${shiftDay(spending.today, 1)}T00:00:00Z`,
      },
      {
        period: 'month',
        limitUsd: contract?.cost.perMonth ?? null,
        onBreach: contract?.cost.onBreach.perMonth ?? null,
        spentUsd: spending.monthUsd,
        until: `${shiftDay(spending.monthEnd, 1)}T00:00:00Z`,
      },
    ],
    days: spending.days,
    month: spending.month,
    forecast: spending.forecast,
    reported,
    breaches,
  };
}

/** The days every figure is of, where the workspace is, and the moment the first of them began. */
async function windowOf(workspaceId: string, now: Date): Promise<{ range: DayRange; since: Date }> {
  const workspace = await db().query<{ zone: string }>(
    'SELECT time_zone AS zone FROM workspace WHERE id = $1',
    [workspaceId],
  );
  const zone = workspace.rows[0]?.zone ?? 'UTC';
  const range = daysBack(zone, now, COST_DAYS);
  const { rows } = await db().query<{ since: Date }>('SELECT $1::date::timestamp AT TIME ZONE $2 AS since', [
    range.from,
    zone,
  ]);
  return { range, since: rows[0]?.since ?? new Date(`${range.from}T00:00:00Z`) };
}

interface VersionSpent {
  versionId: string | null;
  runs: number;
  costUsd: number;
  workedMs: number;
  unpricedRuns: number;
  unpricedCalls: number;
}

async function spentBy(versions: readonly VersionSpent[]): Promise<Spent> {
  const spent: Spent = {
    runs: 0,
    modelUsd: 0,
    unpricedRuns: 0,
    unpricedCalls: 0,
    infrastructureUsd: null,
    reckonedRuns: 0,
  };
  for (const version of versions) {
    spent.runs += version.runs;
    spent.modelUsd += version.costUsd;
    spent.unpricedRuns += version.unpricedRuns;
    spent.unpricedCalls += version.unpricedCalls;
    // Each version reckons with its own rate: a new one changes nothing of the runs before it.
    const usd = await infrastructureOf(version.versionId, version.workedMs);
    if (usd === null) continue;
    spent.infrastructureUsd = (spent.infrastructureUsd ?? 0) + usd;
    spent.reckonedRuns += version.runs;
  }
  return spent;
}

async function infrastructureOf(versionId: string | null, workedMs: number): Promise<number | null> {
  if (versionId === null) return null;
  return infrastructureCost((await contractVersion(versionId)).contract.cost, workedMs);
}

function perRun(priced: { runs: number; usd: number }, spent: Spent): UnitCost {
  const modelUsd = priced.runs === 0 ? null : priced.usd / priced.runs;
  const infrastructureUsd =
    spent.infrastructureUsd === null || spent.reckonedRuns === 0
      ? null
      : spent.infrastructureUsd / spent.reckonedRuns;
  return {
    usd: modelUsd === null ? null : modelUsd + (infrastructureUsd ?? 0),
    modelUsd,
    infrastructureUsd,
    count: priced.runs,
    atLeast: false,
    why:
      modelUsd !== null
        ? null
        : spent.runs === 0
          ? `No run in ${COST_DAYS} days.`
          : 'Every run has model calls without a price.',
  };
}

interface Outcome {
  criterion: string | null;
  metrics: string[];
  costs: OutcomeCosts | null;
}

async function outcomeOf(
  contract: Contract | null,
  key: 'acceptedWhen' | 'completedWhen',
  scope: OutcomeScope,
): Promise<Outcome> {
  const name = contract?.cost[key] ?? null;
  const criterion = contract?.quality.criteria.find(({ id }) => id === name);
  if (criterion === undefined || criterion.signal !== 'outcome')
    return { criterion: name, metrics: [], costs: null };
  return { criterion: name, metrics: criterionKeys(criterion), costs: await outcomeCosts(criterion, scope) };
}

/** What the runs whose outcome is known cost together, over those whose outcome is good. */
async function perOutcome(
  { criterion, metrics, costs }: Outcome,
  ceilingUsd: number | null,
  word: 'accepted' | 'completed',
): Promise<OutcomeUnit> {
  const unknown = (why: string): OutcomeUnit => ({
    criterion,
    metrics,
    known: costs?.known ?? 0,
    misfits: costs?.misfits ?? 0,
    ceilingUsd,
    usd: null,
    modelUsd: null,
    infrastructureUsd: null,
    count: costs?.good ?? 0,
    atLeast: false,
    why,
  });
  if (criterion === null) return unknown(`The contract names no outcome that says what is ${word}.`);
  if (costs === null) return unknown(`"${criterion}" is no criterion that an outcome measures.`);
  if (costs.known === 0)
    return unknown(
      costs.misfits === 0
        ? `No outcome came in ${COST_DAYS} days.`
        : `No outcome that fits "${criterion}" came in ${COST_DAYS} days.`,
    );
  if (costs.good === 0) return unknown(`None of ${costs.known} was ${word}.`);
  let modelUsd = 0;
  let infrastructureUsd: number | null = null;
  let unpriced = 0;
  for (const version of costs.byVersion) {
    modelUsd += version.costUsd;
    unpriced += version.unpricedRuns;
    const usd = await infrastructureOf(version.versionId, version.workedMs);
    if (usd !== null) infrastructureUsd = (infrastructureUsd ?? 0) + usd;
  }
  return {
    criterion,
    metrics,
    known: costs.known,
    misfits: costs.misfits,
    ceilingUsd,
    usd: (modelUsd + (infrastructureUsd ?? 0)) / costs.good,
    modelUsd: modelUsd / costs.good,
    infrastructureUsd: infrastructureUsd === null ? null : infrastructureUsd / costs.good,
    count: costs.good,
    atLeast: unpriced > 0,
    why: null,
  };
}

const DAY_MS = 86_400_000;

/** What the agent's models cost by UTC day, as ceilings count it, and what the month will come to. */
async function spendingOf(agentId: string, now: Date) {
  const today = dayAt('UTC', now);
  const monthStart = `${today.slice(0, 7)}-01`;
  const monthEnd = shiftDay(nextMonth(monthStart), -1);
  const first = [shiftDay(today, -MOST_DAYS), monthStart, shiftDay(today, 1 - COST_DAYS)].sort()[0] ?? today;
  const [{ rows }, began] = await Promise.all([
    db().query<{ day: string; usd: number }>(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, cost_usd AS usd FROM agent_spend
        WHERE agent_id = $1 AND day >= $2::date AND day <= $3::date`,
      [agentId, first, today],
    ),
    db().query<{ day: string | null }>(
      `SELECT to_char(min(day), 'YYYY-MM-DD') AS day FROM agent_spend WHERE agent_id = $1`,
      [agentId],
    ),
  ]);
  const byDay = new Map(rows.map((row) => [row.day, row.usd]));
  const spentOn = (day: string) => byDay.get(day) ?? 0;
  const since = began.rows[0]?.day ?? null;
  const whole = daysOf({ from: shiftDay(today, -MOST_DAYS), until: shiftDay(today, -1) });
  // Days before it first spent anything are no days of its work.
  const recent = since === null ? [] : whole.filter((day) => day >= since).map(spentOn);
  const ofMonth = daysOf({ from: monthStart, until: monthEnd });
  const monthUsd = ofMonth.reduce((sum, day) => sum + spentOn(day), 0);
  const restOfToday = 1 - (now.getTime() - Date.parse(`${today}T00:00:00Z`)) / DAY_MS;
  const daysAfter = ofMonth.filter((day) => day > today).length;
  let sum = 0;
  const month = ofMonth.map((day): AgentCost['month'][number] => {
    if (day <= today) sum += spentOn(day);
    const ahead = day < today ? null : forecastSpend(recent, monthUsd, restOfToday + daysBetween(today, day));
    const known = ahead?.known === true ? ahead : null;
    return {
      x: day,
      spent: day <= today ? sum : null,
      forecast: known === null ? null : day === today ? sum : known.usd,
      low: known === null ? null : day === today ? sum : known.low,
      high: known === null ? null : day === today ? sum : known.high,
    };
  });
  return {
    today,
    todayUsd: spentOn(today),
    monthUsd,
    monthEnd,
    days: daysOf({ from: shiftDay(today, 1 - COST_DAYS), until: today }).map((x) => ({
      x,
      spent: spentOn(x),
    })),
    month,
    forecast: forecastSpend(recent, monthUsd, restOfToday + daysAfter),
  };
}

function daysBetween(from: string, until: string): number {
  return Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

function nextMonth(firstDay: string): string {
  const at = new Date(`${firstDay}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + 1);
  return at.toISOString().slice(0, 10);
}

const RUNS_COMPARED = 500;

async function reportedOf(workspaceId: string, agentId: string): Promise<AgentCost['reported']> {
  const { rows } = await db().query<{
    runs: number;
    reported: number | null;
    ours: number | null;
    of: number;
  }>(
    `SELECT count(reported_cost_usd)::int AS runs, sum(reported_cost_usd) AS reported,
            sum(cost_usd) FILTER (WHERE reported_cost_usd IS NOT NULL) AS ours, count(*)::int AS of
       FROM (SELECT reported_cost_usd, cost_usd FROM run WHERE workspace_id = $1 AND agent_id = $2 AND span_count > 0
              ORDER BY started_at DESC, id DESC LIMIT ${RUNS_COMPARED}) r`,
    [workspaceId, agentId],
  );
  const row = rows[0];
  if (row === undefined || row.runs === 0) return null;
  return { runs: row.runs, reportedUsd: row.reported ?? 0, oursUsd: row.ours ?? 0, of: row.of };
}
