import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import {
  type Criterion,
  type CriterionStanding,
  criterionKeys,
  metricKey,
  type QualityPillar,
  SIGNAL_FAMILIES,
  type SignalFamily,
  windowStart,
} from '@/lib/scoring/criteria';
import type { TechnicalQuality } from '@/lib/scoring/quality';
import { errorShare, NO_RUNS } from '@/lib/scoring/run-sums';
import { SCORE_WINDOW_DAYS } from '@/lib/services/agents/agent-score';
import { findAgent } from '@/lib/services/agents/find-agent';
import { type NamedPerson, ownersOf } from '@/lib/services/agents/owners';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack } from '@/lib/services/rollups/window';
import { agentQualities } from './agent-qualities';
import { qualityContract } from './quality-contract';

/** The latest signal of a metric. */
export interface LatestSignal {
  value: number;
  unit: string | null;
  at: string;
  source: string;
}

export interface QualityCriterion extends CriterionStanding {
  metric: string | null;
  comparison: '>=' | '<=';
  target: number;
  unit: string | null;
  windowDays: number;
  /** The day (UTC) its window begins with. */
  since: string;
  leastSamples: number;
  freshnessDays: number;
  /** Who answers for signals of its family, by the contract. */
  owner: { role: string; person: NamedPerson } | null;
  latest: LatestSignal | null;
  /** The names its signals go by. */
  keys: string[];
}

/** Signals that came in and no criterion reads. */
export interface LooseSignals {
  family: SignalFamily;
  metric: string;
  signals: number;
  latest: LatestSignal;
  why: string;
}

export interface AgentQualityPage {
  agent: { id: string; name: string; displayName: string };
  version: { number: number; label: string; own: boolean } | null;
  pillar: QualityPillar;
  technical: {
    targets: { latencyMs: number; errorRate: number };
    /** Null: no run in the window. */
    quality: TechnicalQuality | null;
    runs: number;
    spans: number;
    /** Mean time a run took; null without runs. */
    durationMs: number | null;
    /** Share of spans that failed; null without spans. */
    errorShare: number | null;
    owner: { role: string; person: NamedPerson };
    days: number;
    /** Where its runs are listed from, YYYY-MM-DD. */
    from: string;
  } | null;
  criteria: QualityCriterion[];
  /** Families that no criterion is bound to. */
  unbound: SignalFamily[];
  loose: LooseSignals[];
  /** Signals of the agent whose run has not been heard of; `MOST_COUNTED` stands for as many and more. */
  waiting: number;
  /** Signals that were said to be of the agent and name runs of others; counted as `waiting` is. */
  stray: number;
}

/** An agent's quality: every criterion with its signal, owner, value, target and state, and what comes in for nothing. */
export async function getQuality(
  actor: Actor,
  input: { agent: string },
  now: Date = new Date(),
): Promise<AgentQualityPage> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const version = await qualityContract(db(), workspaceId, agent.id);
  const { rows: zones } = await db().query<{ zone: string; own: boolean }>(
    `SELECT w.time_zone AS zone, EXISTS (SELECT FROM contract_version WHERE id = $2 AND agent_id IS NOT NULL) AS own
       FROM workspace w WHERE w.id = $1`,
    [workspaceId, version?.versionId ?? null],
  );
  const { zone = 'UTC', own = false } = zones[0] ?? {};
  const days = daysBack(zone, now, SCORE_WINDOW_DAYS);
  const contract: Pick<Contract, 'quality'> = version?.contract ?? { quality: { criteria: [] } };
  const [[sums = NO_RUNS], owners, metrics, waiting] = await Promise.all([
    readRollups(db(), { workspaceId, agentId: agent.id, ...days }, []),
    version === null ? null : ownersOf(workspaceId, version.contract),
    metricsOf(agent.id),
    waitingOf(agent.id),
  ]);
  const quality = (await agentQualities(db(), [{ id: agent.id, contract, sums }], now)).get(agent.id);
  if (quality === undefined) throw new Error(`The quality of agent ${agent.id} was not worked out.`);
  const { standings, technical, ...pillar } = quality;
  const { criteria, technical: targets } = contract.quality;
  const ownerOf = (family: SignalFamily) => {
    if (owners === null) return null;
    const [role, key] = OWNERS[family];
    return { role, person: owners[key] };
  };
  const sre = ownerOf('technical');
  return {
    agent: { id: agent.id, name: agent.name, displayName: agent.displayName },
    version:
      version === null ? null : { number: version.number, label: version.contract.versioning.contract, own },
    pillar,
    technical:
      targets === undefined || sre === null
        ? null
        : {
            targets,
            quality: technical,
            runs: sums.runs,
            spans: sums.spans,
            durationMs: sums.runs === 0 ? null : sums.durationMs / sums.runs,
            errorShare: errorShare(sums),
            owner: sre,
            days: SCORE_WINDOW_DAYS,
            from: days.from,
          },
    criteria: criteria.flatMap((criterion, index) => {
      const standing = standings[index];
      if (standing === undefined) return [];
      const keys = criterionKeys(criterion);
      const family = criterion.signal;
      return [
        {
          ...standing,
          metric: criterion.metric ?? null,
          comparison: criterion.comparison,
          target: criterion.target,
          unit: criterion.unit ?? null,
          windowDays: criterion.windowDays,
          since: new Date(windowStart(criterion.windowDays, now.getTime())).toISOString().slice(0, 10),
          leastSamples: criterion.leastSamples,
          freshnessDays: criterion.freshnessDays,
          owner: family === undefined ? null : ownerOf(family),
          latest: latestOf(metrics.filter((each) => each.family === family && keys.includes(each.key))),
          keys,
        },
      ];
    }),
    unbound: SIGNAL_FAMILIES.filter(
      (family) =>
        !criteria.some(({ signal }) => signal === family) &&
        !(family === 'technical' && targets !== undefined),
    ),
    loose: metrics.flatMap((each) => looseOf(each, criteria)),
    ...waiting,
  };
}

/** Who a contract makes answer for what measures its agent, family by family. */
const OWNERS = {
  technical: ['SRE', 'sre'],
  eval: ['QA', 'qa'],
  feedback: ['Operator', 'operator'],
  outcome: ['Sponsor', 'sponsor'],
  sme: ['Sponsor', 'sponsor'],
} as const;

interface Metric extends LatestSignal {
  family: SignalFamily;
  key: string;
  metric: string;
  signals: number;
}

const metricRows = z.array(
  z.object({
    family: z.enum(SIGNAL_FAMILIES),
    metric_key: z.string(),
    metric: z.string(),
    signals: z.number(),
    value: z.number(),
    unit: z.string().nullable(),
    at: z.date(),
    source: z.string(),
  }),
);

/** Every metric that has come in of an agent, with its latest signal. Reads sums of days, and the sets, which are few. */
async function metricsOf(agentId: string): Promise<Metric[]> {
  const { rows } = await db().query(
    `SELECT m.family, m.metric_key, m.signals::int AS signals, l.metric, l.value, l.unit, l.at, l.source
       FROM (SELECT family, metric_key, sum(rows) AS signals FROM (
               SELECT family, metric_key, sum(rows) AS rows FROM signal_day WHERE agent_id = $1 GROUP BY 1, 2
               UNION ALL
               SELECT family, metric_key, count(*) FROM signal
                WHERE agent_id = $1 AND is_suite AND superseded_by IS NULL AND NOT stray GROUP BY 1, 2) each GROUP BY 1, 2) m
       CROSS JOIN LATERAL (
         SELECT metric, value, unit, at, source FROM signal s
          WHERE s.agent_id = $1 AND s.family = m.family AND s.metric_key = m.metric_key AND s.superseded_by IS NULL
            AND NOT s.stray
          ORDER BY at DESC LIMIT 1) l
      ORDER BY l.at DESC LIMIT 500`,
    [agentId],
  );
  return metricRows.parse(rows).map((row) => ({
    family: row.family,
    key: row.metric_key,
    metric: row.metric,
    signals: row.signals,
    value: row.value,
    unit: row.unit,
    at: row.at.toISOString(),
    source: row.source,
  }));
}

function latestOf([first]: readonly Metric[]): LatestSignal | null {
  return first === undefined
    ? null
    : { value: first.value, unit: first.unit, at: first.at, source: first.source };
}

function looseOf(each: Metric, criteria: readonly Criterion[]): LooseSignals[] {
  const called = criteria.filter((criterion) => criterionKeys(criterion).includes(metricKey(each.metric)));
  if (called.some(({ signal }) => signal === each.family)) return [];
  const [other] = called;
  const { family, metric, signals } = each;
  const why =
    other === undefined
      ? 'No criterion goes by this name.'
      : other.signal === undefined
        ? `The criterion ${other.id} is bound to no signal.`
        : `The criterion ${other.id} reads ${other.signal} signals.`;
  return [
    {
      family,
      metric,
      signals,
      latest: { value: each.value, unit: each.unit, at: each.at, source: each.source },
      why,
    },
  ];
}

/** From here on, waiting signals are not counted any further. */
export const MOST_COUNTED = 1000;

async function waitingOf(agentId: string): Promise<{ waiting: number; stray: number }> {
  const { rows } = await db().query<{ waiting: number; stray: number }>(
    `SELECT ${[false, true]
      .map(
        (stray) => `(SELECT count(*)::int FROM (SELECT FROM signal WHERE agent_id = $1 AND stray = ${stray}
           AND run_id IS NULL AND run_key IS NOT NULL LIMIT ${MOST_COUNTED}) w) AS ${stray ? 'stray' : 'waiting'}`,
      )
      .join(', ')}`,
    [agentId],
  );
  return rows[0] ?? { waiting: 0, stray: 0 };
}
