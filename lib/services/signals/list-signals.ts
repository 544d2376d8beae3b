import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { AppError } from '@/lib/errors';
import { metricKey, SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { SIGNAL_COLUMNS, SIGNAL_FROM, type SignalRow, seenBy, toSignalRows } from './signal-row';

export const SIGNAL_STATES = ['current', 'waiting', 'corrected', 'stray'] as const;

export const signalFilterSchema = z.object({
  agent: z.string().max(200).catch('').default(''),
  family: z.enum(SIGNAL_FAMILIES).or(z.literal('')).catch('').default(''),
  /** Names of metrics, any of which; as sent, or as `metricKey` has them. */
  metric: z.array(z.string().max(300)).max(10).catch([]).default([]),
  source: z.string().max(100).catch('').default(''),
  /** The id of a run. */
  run: z.uuid().or(z.literal('')).catch('').default(''),
  /**
   * current: those that count; waiting: whose run or agent is not known yet; corrected: replaced by another; stray: said to be of one
   * agent, of a run of another.
   */
  state: z.enum(SIGNAL_STATES).or(z.literal('')).catch('').default(''),
  /** Measured on that day (UTC, as windows of criteria are) or later. */
  since: z.iso.date().or(z.literal('')).catch('').default(''),
  /** Where the page before ended: `<time in microseconds>.<id>`. */
  after: z
    .string()
    .regex(/^\d{1,17}\.[0-9a-f-]{36}$/)
    .or(z.literal(''))
    .catch('')
    .default(''),
});
export type SignalFilters = z.output<typeof signalFilterSchema>;

export interface SignalList {
  rows: SignalRow[];
  next: string | null;
  /** All that fit, where sums of days can tell: signals of one agent's metric that count. Null: not counted. */
  total: number | null;
}

const PAGE = 50;

/** Signals of the workspace, the latest first. A key bound to one agent sees that one's. Throws `not_found` for an unknown agent. */
export async function listSignals(actor: Actor, filters: SignalFilters): Promise<SignalList> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  const values = new SqlValues();
  const where = [`s.workspace_id = ${values.add(workspaceId)}`, seenBy(actor, values)];
  if (actor.kind === 'key' && actor.agentId !== null) where.push(`s.agent_id = ${values.add(actor.agentId)}`);
  let agentId: string | null = null;
  if (filters.agent !== '') {
    const { rows } = await db().query<{ id: string }>(
      'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2',
      [workspaceId, filters.agent],
    );
    if (rows[0] === undefined)
      throw new AppError(
        'not_found',
        `There is no agent "${filters.agent.slice(0, 100)}" in this workspace.`,
      );
    agentId = rows[0].id;
    where.push(`s.agent_id = ${values.add(agentId)}`);
  }
  if (filters.family !== '') where.push(`s.family = ${values.add(filters.family)}`);
  if (filters.metric.length > 0)
    where.push(`s.metric_key = ANY(${values.add(filters.metric.map(metricKey))})`);
  if (filters.source !== '') where.push(`s.source = ${values.add(filters.source)}`);
  if (filters.state === 'current') where.push('s.superseded_by IS NULL AND NOT s.stray');
  if (filters.state === 'corrected') where.push('s.superseded_by IS NOT NULL');
  if (filters.state === 'waiting')
    where.push('(s.agent_id IS NULL OR (s.run_id IS NULL AND s.run_key IS NOT NULL)) AND NOT s.stray');
  if (filters.state === 'stray') where.push('s.stray');
  if (filters.since !== '')
    where.push(`s.at >= ${values.add(filters.since)}::date::timestamp AT TIME ZONE 'UTC'`);
  if (filters.run !== '') where.push(`s.run_id = ${values.add(filters.run)}`);
  const [us, id] = filters.after.split('.');
  if (us !== undefined && id !== undefined)
    where.push(
      `(s.at, s.id) < (to_timestamp(${values.add(us)}::numeric / 1000000), ${values.add(id)}::uuid)`,
    );
  const { rows } = await db().query<{ id: string; us: string }>(
    `SELECT ${SIGNAL_COLUMNS}, (extract(epoch FROM s.at) * 1000000)::bigint::text AS us FROM ${SIGNAL_FROM}
      WHERE ${where.join(' AND ')} ORDER BY s.at DESC, s.id DESC LIMIT ${values.add(PAGE + 1)}`,
    values.list,
  );
  const last = rows[PAGE - 1];
  return {
    rows: toSignalRows(rows.slice(0, PAGE)),
    next: rows.length > PAGE && last !== undefined ? `${last.us}.${last.id}` : null,
    total: agentId === null ? null : await totalOf(agentId, filters),
  };
}

/** From sums of days and the sets, which are few: however many signals there are. */
async function totalOf(agentId: string, filters: SignalFilters): Promise<number | null> {
  const { family, metric, source, run, state, since } = filters;
  if (family === '' || metric.length === 0 || source !== '' || run !== '' || state !== 'current') return null;
  const { rows } = await db().query<{ total: number }>(
    `SELECT (SELECT coalesce(sum(rows), 0) FROM signal_day
              WHERE agent_id = $1 AND family = $2 AND metric_key = ANY($3) AND ($4::date IS NULL OR day >= $4::date))::float8
          + (SELECT count(*) FROM signal
              WHERE agent_id = $1 AND family = $2 AND metric_key = ANY($3) AND is_suite AND superseded_by IS NULL AND NOT stray
                AND ($4::date IS NULL OR at >= $4::date::timestamp AT TIME ZONE 'UTC')) AS total`,
    [agentId, family, metric.map(metricKey), since === '' ? null : since],
  );
  return rows[0]?.total ?? null;
}

/** What the filters of the list can be set to: agents by name, and where signals have come from. */
export async function signalFacets(actor: Actor): Promise<{ sources: string[] }> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  // Each source by one step in the index of senders' ids, however many signals there are.
  const { rows } = await db().query<{ source: string }>(
    `WITH RECURSIVE s AS (
       (SELECT source FROM signal WHERE workspace_id = $1 AND external_id IS NOT NULL AND superseded_by IS NULL
         ORDER BY source LIMIT 1)
       UNION ALL
       SELECT (SELECT source FROM signal WHERE workspace_id = $1 AND source > s.source AND external_id IS NOT NULL
                 AND superseded_by IS NULL ORDER BY source LIMIT 1) FROM s WHERE s.source IS NOT NULL)
     SELECT source FROM s WHERE source IS NOT NULL LIMIT 100`,
    [workspaceId],
  );
  return { sources: rows.map(({ source }) => source) };
}
