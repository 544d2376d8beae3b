import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import type { SqlValues } from '@/lib/db/sql-values';
import { SILENT_RUN } from '@/lib/services/expert-reviews/silent-run';
import { INCIDENT_OF_RUN } from '@/lib/services/incidents/incident-of-run';
import type { Nearest } from './named-runs';
import type { RunFilters } from './run-filters';
import { type WordsSought, wordsFit, wordsSought } from './words-sought';

/** What filters name, looked up. */
export interface Sought {
  /** Null: any agent. */
  agentIds: readonly string[] | null;
  versionIds: readonly string[] | null;
  /** Moments as PostgreSQL reads them: from included, to not. */
  from: string | null;
  to: string | null;
  words: WordsSought | 'none' | null;
}

/** @param nearest of runs that words name, only these are wanted */
export async function lookUp(
  actor: Actor,
  filters: RunFilters,
  nearest: Nearest | null = null,
): Promise<Sought> {
  const [agentIds, versionIds, { moments, words }] = await Promise.all([
    agentsNamed(actor, filters),
    versionsNamed(actor, filters),
    momentsNamed(actor, filters).then(async (moments) => ({
      moments,
      words: await wordsSought(actor.workspaceId, filters, moments, nearest),
    })),
  ]);
  return { agentIds, versionIds: await versionsOf(actor, agentIds, versionIds), ...moments, words };
}

/** Of versions, those that runs of the agents were under, as their sums tell: the same number is a version of every agent. */
async function versionsOf(
  actor: Actor,
  agentIds: readonly string[] | null,
  versionIds: readonly string[] | null,
): Promise<readonly string[] | null> {
  if (agentIds === null || versionIds === null || versionIds.length < 2) return versionIds;
  const { rows } = await db().query<{ id: string }>(
    `SELECT DISTINCT m.version_id AS id FROM rollup_days m
      WHERE m.workspace_id = $1 AND m.agent_id = ANY($2::uuid[]) AND m.version_id = ANY($3::uuid[])`,
    [actor.workspaceId, agentIds, versionIds],
  );
  return rows.map(({ id }) => id);
}

/**
 * The WHERE of every query over runs: alias `r` is the run, and nothing else is named. Always bound to the actor's workspace
 * ($1), and to its agent for a key that has one. What the filters name is looked up first: the planner then knows how many
 * runs that is.
 */
export async function runsThatFit(actor: Actor, filters: RunFilters, values: SqlValues): Promise<string> {
  return fitting(actor, filters, await lookUp(actor, filters), values);
}

/** The same where what the filters name is looked up already. */
export function fitting(actor: Actor, filters: RunFilters, sought: Sought, values: SqlValues): string {
  const { agentIds, versionIds, from, to, words } = sought;
  const parts = [ownRuns(actor, values)];
  if (agentIds !== null) parts.push(oneOf('r.agent_id', agentIds, values));
  if (versionIds !== null) parts.push(oneOf('r.contract_version_id', versionIds, values));
  if (filters.status.length > 0) parts.push(oneOf('r.status', filters.status, values));
  if (filters.band.length > 0) parts.push(`${oneOf('r.band', filters.band, values)} AND r.span_count > 0`);
  if (filters.lane.length > 0) parts.push(oneOf('r.lane', filters.lane, values));
  if (filters.breached) parts.push('r.breach_count > 0');
  if (filters.incident) parts.push('r.in_incident');
  if (filters.silent) parts.push('r.span_count > 0 AND NOT r.in_incident');
  if (filters.clean) parts.push(SILENT_RUN);
  if (filters.scored) parts.push('r.score IS NOT NULL');
  if (filters.unknownTools) parts.push(`r.unknown_tools <> '{}'`);
  if (filters.askedOnly) parts.push('r.span_count = 0');
  if (filters.unpriced) parts.push('r.unpriced_calls > 0');
  if (from !== null) parts.push(`r.started_at >= ${values.add(from)}::timestamptz`);
  if (to !== null) parts.push(`r.started_at < ${values.add(to)}::timestamptz`);
  if (words === 'none') parts.push('false');
  else if (words !== null) parts.push(wordsFit(words, values, 'r.id'));
  return parts.join(' AND ');
}

/** The runs an actor may read at all. */
export function ownRuns(actor: Actor, values: SqlValues): string {
  const own = `r.workspace_id = ${values.add(actor.workspaceId)}`;
  return actor.kind === 'key' && actor.agentId !== null
    ? `${own} AND r.agent_id = ${values.add(actor.agentId)}`
    : own;
}

/** The agents that the filters name; null where they name none. */
async function agentsNamed(actor: Actor, { agent, unit }: RunFilters): Promise<string[] | null> {
  if (agent === '' && unit === '') return null;
  const { rows } = await db().query<{ id: string }>(
    `SELECT id FROM agent WHERE workspace_id = $1 AND ($2 = '' OR name = $2)
       AND CASE $3 WHEN '' THEN true WHEN '-' THEN business_unit IS NULL ELSE business_unit = $3 END`,
    [actor.workspaceId, agent, unit],
  );
  return rows.map((row) => row.id);
}

/** The same of contract versions. */
async function versionsNamed(actor: Actor, { version }: RunFilters): Promise<string[] | null> {
  if (version === '') return null;
  const { rows } = await db().query<{ id: string }>(
    /^[0-9]{1,6}$/.test(version)
      ? 'SELECT id FROM contract_version WHERE workspace_id = $1 AND number = $2::int'
      : `SELECT id FROM contract_version WHERE workspace_id = $1 AND digest LIKE $2 || '%'`,
    [actor.workspaceId, version],
  );
  return rows.map((row) => row.id);
}

/** One value is an equality, which an index can follow in the order of the list. */
function oneOf(column: string, allowed: readonly string[], values: SqlValues): string {
  if (allowed.length === 0) return 'false';
  return allowed.length === 1
    ? `${column} = ${values.add(allowed[0])}`
    : `${column} = ANY(${values.add(allowed)})`;
}

/** A day begins when it does where the workspace is, and ends when the next one begins. */
async function momentsNamed(actor: Actor, { from, to }: RunFilters): Promise<Pick<Sought, 'from' | 'to'>> {
  const isDay = (text: string) => text !== '' && !text.includes('T');
  const days = { from: isDay(from) ? from : null, to: isDay(to) ? to : null };
  const given = (text: string) => (text === '' ? null : text);
  if (days.from === null && days.to === null) return { from: given(from), to: given(to) };
  const { rows } = await db().query<{ from: Date | null; to: Date | null }>(
    `SELECT $2::date::timestamp AT TIME ZONE time_zone AS from, ($3::date + 1)::timestamp AT TIME ZONE time_zone AS to
       FROM workspace WHERE id = $1`,
    [actor.workspaceId, days.from, days.to],
  );
  return {
    from: rows[0]?.from?.toISOString() ?? given(from),
    to: rows[0]?.to?.toISOString() ?? given(to),
  };
}

/** The joins of a run `r` that `RUN_COLUMNS` refers to: `a` is its agent, `v` its contract version, `i` its incident. */
const RUN_JOINS = `JOIN agent a ON a.id = r.agent_id
  LEFT JOIN contract_version v ON v.id = r.contract_version_id
  LEFT JOIN ${INCIDENT_OF_RUN}`;
export const RUN_FROM = `run r ${RUN_JOINS}`;
