import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDuration } from '@/lib/format';
import { addNotifications } from '@/lib/services/notifications/add';
import { type Resolved, resolveOnCall } from '@/lib/services/on-call/resolve';
import { whyNobody } from '@/lib/services/on-call/why-nobody';
import { type DrillEnd, drillDetailSchema, drilledAgent, endDrill, startDrill } from './drill-row';

/** Where the contract has no escalation path: the reference's own promise from breach to page. */
export const DEFAULT_MINUTES = 4;

/**
 * Pages the operator that the contract in force names, as an incident would, and counts as passed when that very person
 * acknowledges within the minutes after which the contract would escalate.
 *
 * Throws `forbidden`, `not_found`, or `conflict` when the named address leads to nobody: no member, away, nobody on call.
 */
export async function drillPaging(
  actor: Actor,
  input: { agent: string; minutes?: number | undefined },
): Promise<{ drillId: string; person: string; dueAt: Date }> {
  const { workspaceId } = actor;
  authorize(actor, 'drill.run', { workspaceId });
  const agent = await drilledAgent(workspaceId, input.agent);
  const { contract } = agent.version;
  const minutes = input.minutes ?? pagingMinutes(contract.ownership.escalation);
  if (!(minutes > 0 && minutes <= 24 * 60))
    throw new AppError('invalid', 'Give between one minute and a day.', {
      issues: [{ path: 'minutes', message: 'Between 1 and 1,440 minutes.' }],
    });
  return transact(async (client) => {
    const { operator } = contract.ownership;
    const found = await resolveOnCall(client, workspaceId, operator, new Date());
    const [named] = found.people;
    if (named === undefined)
      throw new AppError('conflict', `${operatorUnreached(operator, found)} Nobody could be paged by name.`);
    const { id, dueAt } = await startDrill(client, actor, {
      kind: 'paging',
      agent,
      dueInS: minutes * 60,
      personId: named.id,
      detail: {
        steps: [`Paged ${named.name}${found.via === null ? '' : `, on call for ${found.via.name}`}`],
        minutes,
        person: named.name,
      },
    });
    // As the system: whoever pages themselves must be reached too.
    await addNotifications(client, { kind: 'system', workspaceId }, [
      {
        personId: named.id,
        kind: 'drill.page',
        title: `Paging drill for ${agent.displayName}: acknowledge within ${formatDuration(minutes * 60_000)}`,
        path: `/agents/${encodeURIComponent(agent.name)}/drills`,
      },
    ]);
    return { drillId: id, person: named.name, dueAt };
  });
}

/** Minutes until the contract would escalate; the shortest step, or four. */
export function pagingMinutes(escalation: readonly { afterMinutes: number }[]): number {
  return escalation.length === 0 ? DEFAULT_MINUTES : Math.min(...escalation.map((step) => step.afterMinutes));
}

/** Why the operator whom a contract names cannot be paged by name, as a sentence. */
export function operatorUnreached(address: string, found: Resolved): string {
  return `The contract names ${address} as operator, ${whyNobody(found)}.`;
}

const rowSchema = z.object({
  id: z.string(),
  agent_id: z.string(),
  kind: z.string(),
  state: z.string(),
  person_id: z.string().nullable(),
  late: z.boolean(),
  ms: z.number(),
  detail: drillDetailSchema,
});

/**
 * The person who was paged says that it reached them. Throws `not_found`, `forbidden` for anybody else, or `conflict` when
 * its time is up or it was answered.
 */
export async function acknowledgePage(actor: Actor, input: { drillId: string }): Promise<DrillEnd> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const missing = new AppError('not_found', 'There is no such drill in this workspace.');
  if (!z.uuid().safeParse(input.drillId).success) throw missing;
  return transact(async (client) => {
    const { rows } = await client.query(
      `SELECT id, agent_id, kind, state, person_id, due_at <= clock_timestamp() AS late,
              (extract(epoch FROM clock_timestamp() - started_at) * 1000)::float8 AS ms, detail
         FROM drill WHERE id = $1 AND workspace_id = $2 FOR UPDATE`,
      [input.drillId, workspaceId],
    );
    if (rows[0] === undefined) throw missing;
    const row = rowSchema.parse(rows[0]);
    if (row.kind !== 'paging') throw missing;
    if (actor.kind !== 'person' || actor.personId !== row.person_id)
      throw new AppError(
        'forbidden',
        `Only ${row.detail.person ?? 'the person paged'} can acknowledge this page.`,
      );
    if (row.state !== 'running') throw new AppError('conflict', 'This drill is over already.');
    if (row.late) throw new AppError('conflict', 'The time to acknowledge is up: the drill has failed.');
    await client.query('UPDATE drill SET acknowledged_at = clock_timestamp() WHERE id = $1', [row.id]);
    await client.query(
      `UPDATE notification SET read_at = clock_timestamp()
       WHERE person_id = $1 AND workspace_id = $2 AND kind = 'drill.page' AND read_at IS NULL`,
      [actor.personId, workspaceId],
    );
    const end: DrillEnd = {
      state: 'passed',
      summary: `${row.detail.person ?? actor.name} acknowledged after ${formatDuration(row.ms)}; ${formatDuration((row.detail.minutes ?? 0) * 60_000)} were allowed.`,
      figures: { person: actor.name, afterMs: Math.round(row.ms), minutes: row.detail.minutes ?? null },
      contractVersionId: null,
      clause: 'ownership/operator',
    };
    await endDrill(client, actor, { id: row.id, kind: 'paging', agentId: row.agent_id }, end);
    return end;
  });
}

/** Pages of drills that wait for this person, soonest due first. */
export async function pagesWaiting(
  actor: Actor,
): Promise<{ drillId: string; agent: string; displayName: string; startedAt: string }[]> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return [];
  const { rows } = await db().query<{ drillId: string; agent: string; displayName: string; startedAt: Date }>(
    `SELECT d.id AS "drillId", a.name AS agent, a.display_name AS "displayName",
            d.started_at AS "startedAt"
       FROM drill d JOIN agent a ON a.id = d.agent_id
      WHERE d.workspace_id = $1 AND d.kind = 'paging' AND d.state = 'running' AND d.person_id = $2
        AND d.due_at > clock_timestamp() ORDER BY d.due_at`,
    [actor.workspaceId, actor.personId],
  );
  return rows.map((row) => ({ ...row, startedAt: row.startedAt.toISOString() }));
}
