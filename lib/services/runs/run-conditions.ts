import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { INCIDENT_OF_RUN } from '@/lib/services/incidents/incident-of-run';
import type { RunFilters } from './run-filters';

/** Collects the values of a hand-written statement; `add` answers the placeholder that stands for one. */
export class SqlValues {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** More runs than this are not fetched for their words: they are met soon enough in the order of the list. */
const FETCHED = 5000;
/** Of the runs whose words wait to be written, the latest so many are looked into. */
const WAITING_READ = 500;

/**
 * The WHERE of every query over runs: alias `r` is the run, and nothing else is named. Always bound to the actor's workspace
 * ($1), and to its agent for a key that has one. What the filters name is looked up first: the planner then knows how many
 * runs that is, and takes the index that leads there soonest.
 */
export async function runsThatFit(actor: Actor, filters: RunFilters, values: SqlValues): Promise<string> {
  const [agentIds, versionIds, words] = await Promise.all([
    agentsNamed(actor, filters),
    versionsNamed(actor, filters),
    wordsTyped(filters),
  ]);
  const parts = [ownRuns(actor, values)];
  if (agentIds !== null) parts.push(oneOf('r.agent_id', agentIds, values));
  if (versionIds !== null) parts.push(oneOf('r.contract_version_id', versionIds, values));
  if (filters.status.length > 0) parts.push(oneOf('r.status', filters.status, values));
  if (filters.band.length > 0) parts.push(`${oneOf('r.band', filters.band, values)} AND r.span_count > 0`);
  if (filters.lane.length > 0) parts.push(oneOf('r.lane', filters.lane, values));
  if (filters.breached) parts.push('r.breach_count > 0');
  if (filters.incident) parts.push('r.in_incident');
  if (filters.silent) parts.push('r.span_count > 0 AND NOT r.in_incident');
  if (filters.scored) parts.push('r.score IS NOT NULL');
  if (filters.unknownTools) parts.push(`r.unknown_tools <> '{}'`);
  if (filters.askedOnly) parts.push('r.span_count = 0');
  if (filters.unpriced) parts.push('r.unpriced_calls > 0');
  if (filters.from !== '') parts.push(`r.started_at >= ${momentSql(values, filters.from, 0)}`);
  if (filters.to !== '') parts.push(`r.started_at < ${momentSql(values, filters.to, 1)}`);
  if (words === 'none') parts.push('false');
  else if (words !== null) {
    const query = `${values.add(words.query)}::tsquery`;
    parts.push(
      words.few
        ? `r.id = ANY(ARRAY(SELECT w.run_id FROM run_words w WHERE w.words @@ ${query} UNION ${waiting(query)}))`
        : `EXISTS (SELECT FROM run_words w WHERE w.run_id = r.id AND w.words @@ ${query} OFFSET 0)`,
    );
  }
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
export async function agentsNamed(actor: Actor, { agent, unit }: RunFilters): Promise<string[] | null> {
  if (agent === '' && unit === '') return null;
  const { rows } = await db().query<{ id: string }>(
    `SELECT id FROM agent WHERE workspace_id = $1 AND ($2 = '' OR name = $2)
       AND CASE $3 WHEN '' THEN true WHEN '-' THEN business_unit IS NULL ELSE business_unit = $3 END`,
    [actor.workspaceId, agent, unit],
  );
  return rows.map((row) => row.id);
}

/** The same of contract versions. */
export async function versionsNamed(actor: Actor, { version }: RunFilters): Promise<string[] | null> {
  if (version === '') return null;
  const { rows } = await db().query<{ id: string }>(
    /^[0-9]{1,6}$/.test(version)
      ? 'SELECT id FROM contract_version WHERE workspace_id = $1 AND number = $2::int'
      : `SELECT id FROM contract_version WHERE workspace_id = $1 AND digest LIKE $2 || '%'`,
    [actor.workspaceId, version],
  );
  return rows.map((row) => row.id);
}

/** The words runs must have, and whether so few have them that one goes from the words to the runs; `none`: none can. */
async function wordsTyped({ q, tool }: RunFilters): Promise<{ query: string; few: boolean } | 'none' | null> {
  if (q === '' && tool === '') return null;
  const { rows } = await db().query<{ query: string | null }>(
    `SELECT CASE WHEN $1 = '' THEN tool WHEN $2 = '' THEN typed ELSE typed && tool END::text AS query
       FROM (SELECT words_query($1) AS typed,
                    ('''' || regexp_replace(tool_word($2), '[''\\\\]', '\\&\\&', 'g') || '''')::tsquery AS tool) AS asked`,
    [q, tool],
  );
  const query = rows[0]?.query ?? null;
  if (query === null) return 'none';
  const found = await db().query<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT FROM run_words w WHERE w.words @@ $1::tsquery LIMIT ${FETCHED + 1}) AS found`,
    [query],
  );
  return { query, few: (found.rows[0]?.n ?? 0) <= FETCHED };
}

/** Runs whose words no plane has written yet. */
function waiting(query: string): string {
  return `SELECT n.id FROM run n WHERE n.id IN (
      SELECT c.run_id FROM run_words_change c ORDER BY c.id DESC LIMIT ${WAITING_READ})
    AND run_words_of(n.id, n.key, n.conversation_id, n.facts) @@ ${query}`;
}

/** One value is an equality, which an index can follow in the order of the list. */
function oneOf(column: string, allowed: readonly string[], values: SqlValues): string {
  if (allowed.length === 0) return 'false';
  return allowed.length === 1
    ? `${column} = ${values.add(allowed[0])}`
    : `${column} = ANY(${values.add(allowed)})`;
}

/** A day begins when it does where the workspace is; `daysOn` 1 is the end of it. */
function momentSql(values: SqlValues, text: string, daysOn: 0 | 1): string {
  if (text.includes('T')) return `${values.add(text)}::timestamptz`;
  return `((${values.add(text)}::date + ${daysOn})::timestamp AT TIME ZONE
    (SELECT time_zone FROM workspace WHERE id = $1))`;
}

/** The joins of a run `r` that `RUN_COLUMNS` refers to: `a` is its agent, `v` its contract version, `i` its incident. */
export const RUN_JOINS = `JOIN agent a ON a.id = r.agent_id
  LEFT JOIN contract_version v ON v.id = r.contract_version_id
  LEFT JOIN ${INCIDENT_OF_RUN}`;
export const RUN_FROM = `run r ${RUN_JOINS}`;
