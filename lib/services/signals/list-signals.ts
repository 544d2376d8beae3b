import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { metricKey, SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { SqlValues } from '@/lib/services/runs/run-conditions';
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
}

const PAGE = 50;

/** Signals of the workspace, the latest first. A key bound to one agent sees that one's. Throws `not_found` for an unknown agent. */
export async function listSignals(actor: Actor, filters: SignalFilters): Promise<SignalList> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  const values = new SqlValues();
  const where = [`s.workspace_id = ${values.add(workspaceId)}`, seenBy(actor, values)];
  if (actor.kind === 'key' && actor.agentId !== null) where.push(`s.agent_id = ${values.add(actor.agentId)}`);
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
    where.push(`s.agent_id = ${values.add(rows[0].id)}`);
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
  };
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
