import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import type { RiskProfile } from '@/lib/scoring/risk';
import {
  type Exposure,
  exposureOf,
  type RiskBin,
  type RiskFacts,
  riskHistogram,
} from '@/lib/scoring/risk-facts';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';
import { type ShownVersion, shownInForce } from '@/lib/services/contracts/shown-in-force';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack, daysOf } from '@/lib/services/rollups/window';
import { type RecentRisk, readRecentRisk } from './read-facts';

/** How many days the trend goes back. */
export const RISK_DAYS = 30;

/** What a risk profile is tried on: recent runs, and the profile in force. */
export interface RiskTrial {
  facts: RiskFacts;
  /** Null: the agent is under no contract. */
  profile: RiskProfile | null;
}

export interface AgentRisk extends RiskTrial {
  agent: FoundAgent;
  /** The version in force. */
  version: ShownVersion | null;
  /** As scored when they happened, over the runs of `facts`. */
  bands: Record<Band, number>;
  histogram: RiskBin[];
  exposure: Exposure[];
  coverage: Pick<RecentRisk, 'classified' | 'unclassified' | 'withoutArguments'>;
  days: { x: string; low: number; medium: number; high: number; critical: number }[];
  /** Open drafts of its contract, the last changed first. */
  drafts: { id: string; updatedBy: string | null }[];
  mayDraft: boolean;
}

/** Everything about the risk of an agent's recent runs. Throws `not_found`. */
export async function getRisk(actor: Actor, input: { agent: string }, now: Date): Promise<AgentRisk> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const mayRead = can(actor, 'draft.read', { workspaceId });
  const [recent, days, version, drafts] = await Promise.all([
    readRecentRisk(workspaceId, agent.id),
    trendOf(workspaceId, agent.id, now),
    shownInForce(workspaceId, agent.id),
    mayRead ? listDrafts(actor, { agent: agent.name }) : { rows: [], mayWrite: false },
  ]);
  const bands: Record<Band, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { band } of recent.facts.runs) bands[band] += 1;
  return {
    agent,
    version: version === null ? null : version.shown,
    profile: version?.contract.risk ?? null,
    facts: recent.facts,
    bands,
    histogram: version === null ? [] : riskHistogram(recent.risks, version.contract.risk.thresholds),
    exposure: exposureOf(recent.facts),
    coverage: {
      classified: recent.classified,
      unclassified: recent.unclassified,
      withoutArguments: recent.withoutArguments,
    },
    days,
    drafts: drafts.rows.map(({ id, updatedBy }) => ({ id, updatedBy })),
    mayDraft: can(actor, 'draft.write', { workspaceId, agentId: agent.id }) && version?.shown.own === true,
  };
}

/** The same facts for the editor of a draft, which brings a profile of its own. Throws `not_found`. */
export async function getRiskTrial(actor: Actor, input: { agent: string }): Promise<RiskTrial> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const [{ facts }, version] = await Promise.all([
    readRecentRisk(workspaceId, agent.id),
    shownInForce(workspaceId, agent.id),
  ]);
  return { facts, profile: version?.contract.risk ?? null };
}

async function trendOf(workspaceId: string, agentId: string, now: Date): Promise<AgentRisk['days']> {
  const zone = await db().query<{ zone: string }>('SELECT time_zone AS zone FROM workspace WHERE id = $1', [
    workspaceId,
  ]);
  const range = daysBack(zone.rows[0]?.zone ?? 'UTC', now, RISK_DAYS);
  const rows = await readRollups(db(), { workspaceId, agentId, ...range }, ['day']);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return daysOf(range).map((x) => {
    const row = byDay.get(x);
    return {
      x,
      low: row?.low ?? 0,
      medium: row?.medium ?? 0,
      high: row?.high ?? 0,
      critical: row?.critical ?? 0,
    };
  });
}
