import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDate } from '@/lib/format';
import type { SigningRole } from '@/lib/lifecycle/gates';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { appendAudit } from '@/lib/services/audit/append';
import { lockAgent } from '@/lib/services/gates/find-review';
import { reasonOf } from '@/lib/services/gates/reason';
import { addNotifications } from '@/lib/services/notifications/add';

const DAY = 86_400_000;
/** Who stands in for longer should have the role. */
const LONGEST_DAYS = 180;

export interface GrantDelegation {
  /** Left out: from the actor. Only the head of AI names somebody else. */
  fromId?: string | undefined;
  toId: string;
  role: SigningRole;
  /** The name of the agent it is for; null or left out: for all. */
  agent?: string | null | undefined;
  reason: string;
  /** ISO; it begins at once. */
  endsAt: string;
}

/**
 * Lets somebody sign in another's place, in one role, until a day. Both persons' restrictions bind whoever stands in. Throws
 * `invalid` with what is wrong with the persons or the end, `conflict` when there is such a delegation already.
 */
export async function grantDelegation(actor: Actor, input: GrantDelegation): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'delegation.grant', { workspaceId });
  const self = actor.kind === 'person' ? actor.personId : undefined;
  const fromId = input.fromId ?? self;
  if (fromId === undefined) throw fault('fromId', 'Say who is stood in for.');
  if (fromId !== self) authorize(actor, 'delegation.grant-for-others', { workspaceId });
  const reason = reasonOf(input.reason);
  const now = Date.now();
  const endsAt = Date.parse(input.endsAt);
  if (!(endsAt > now)) throw fault('endsAt', 'Choose an end in the future.');
  if (endsAt > now + LONGEST_DAYS * DAY)
    throw fault('endsAt', `At most ${LONGEST_DAYS} days: who signs for longer should have the role.`);
  return transact(async (client) => {
    const members = await client.query<{ id: string; name: string; roles: string[]; zone: string }>(
      `SELECT p.id, p.name, m.roles, w.time_zone AS zone
         FROM membership m JOIN person p ON p.id = m.person_id JOIN workspace w ON w.id = m.workspace_id
        WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND p.id::text = ANY($2::text[]) FOR UPDATE OF m`,
      [workspaceId, [fromId, input.toId]],
    );
    const from = members.rows.find((member) => member.id === fromId);
    const to = members.rows.find((member) => member.id === input.toId);
    const words = ROLE_IN_WORDS[input.role];
    if (from === undefined || !from.roles.includes(input.role))
      throw fault(
        'role',
        `${from?.name ?? 'That person'} does not have the role ${words}, so cannot pass it on.`,
      );
    if (to === undefined) throw fault('toId', 'That person is not a member of this workspace.');
    if (to.id === from.id) throw fault('toId', 'Nobody stands in for themselves.');
    if (to.roles.every((role) => role === 'auditor'))
      throw fault('toId', `${to.name} audits what others sign, so cannot sign for them.`);
    const agent = input.agent == null ? null : (await lockAgent(client, workspaceId, input.agent)).agent;
    const same = await client.query(
      `SELECT FROM delegation WHERE workspace_id = $1 AND from_id = $2 AND to_id = $3 AND role = $4
          AND agent_id IS NOT DISTINCT FROM $5::uuid AND revoked_at IS NULL AND ends_at > $6`,
      [workspaceId, from.id, to.id, input.role, agent?.id ?? null, new Date(now)],
    );
    if (same.rowCount !== 0)
      throw new AppError(
        'conflict',
        `${to.name} stands in for ${from.name} as ${words} already. Take that back first.`,
      );
    const id = newId();
    await client.query(
      `INSERT INTO delegation (id, workspace_id, from_id, to_id, role, agent_id, reason, starts_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        workspaceId,
        from.id,
        to.id,
        input.role,
        agent?.id ?? null,
        reason,
        new Date(now),
        new Date(endsAt),
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'delegation.granted',
        subject: `delegation:${id}`,
        detail: {
          from: from.name,
          to: to.name,
          role: input.role,
          until: new Date(endsAt).toISOString(),
          reason,
          ...(agent === null ? {} : { agent: agent.name }),
        },
      },
    ]);
    const until = formatDate(endsAt, to.zone);
    await addNotifications(client, actor, [
      {
        personId: to.id,
        kind: 'delegation.granted',
        title: `You may sign as ${words} for ${from.name} until ${until}`,
        path: '/settings/you',
      },
      {
        personId: from.id,
        kind: 'delegation.granted',
        title: `${actorName(actor)} let ${to.name} sign as ${words} for you until ${until}`,
        path: '/settings/you',
      },
    ]);
    await notify(client, { workspaceId, topic: 'gate', id: '' });
    return { id };
  });
}

function fault(path: string, message: string): AppError {
  return new AppError('invalid', message, { issues: [{ path, message }] });
}
