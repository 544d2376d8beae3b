import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { ROLES, type Role } from '@/lib/auth/roles';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { refuseInDemo } from './add-person';
import { keepAnAdministrator, lockMember, refuseForOthers } from './lock-member';
import { makePasswordLink } from './password-link';

export const rolesSchema = z.object({
  personId: z.uuid(),
  jobTitle: z.string().trim().max(120, 'At most 120 characters.').default(''),
  roles: z.array(z.enum(ROLES)).min(1, 'Choose at least one role, or disable the person.'),
});

/** Replaces a person's roles and job title. They hold from that person's next request on. */
export async function changeRoles(actor: Actor, input: z.output<typeof rolesSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  const roles: Role[] = ROLES.filter((role) => input.roles.includes(role));
  await transact(async (client) => {
    const member = await lockMember(client, workspaceId, input.personId);
    if (member.roles.includes('head-of-ai') && !roles.includes('head-of-ai'))
      await keepAnAdministrator(client, workspaceId, input.personId);
    await client.query(
      'UPDATE membership SET roles = $3, job_title = $4 WHERE workspace_id = $1 AND person_id = $2',
      [workspaceId, input.personId, roles, input.jobTitle === '' ? null : input.jobTitle],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'person.roles-changed',
        subject: `person:${input.personId}`,
        detail: { name: member.name, before: member.roles, after: roles },
      },
    ]);
  });
}

/** Whether the person belongs to another workspace than this one. */
async function belongsElsewhere(client: PoolClient, workspaceId: string, personId: string): Promise<boolean> {
  const others = await client.query(
    'SELECT 1 FROM membership WHERE person_id = $1 AND workspace_id <> $2 LIMIT 1',
    [personId, workspaceId],
  );
  return others.rowCount !== 0;
}

/**
 * Keeps a person out from their next request on; their name stays in the record. Somebody who belongs to another
 * workspace too is taken out of this one only.
 */
export async function disablePerson(
  actor: Actor,
  input: { personId: string; reason: string },
): Promise<'disabled' | 'removed'> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  if (actor.kind === 'person' && actor.personId === input.personId)
    throw new AppError('conflict', 'You cannot disable yourself; another administrator can.');
  return transact(async (client) => {
    await refuseInDemo(client, workspaceId);
    const member = await lockMember(client, workspaceId, input.personId);
    if (member.disabled_at !== null) throw new AppError('conflict', `${member.name} is disabled already.`);
    if (member.roles.includes('head-of-ai')) await keepAnAdministrator(client, workspaceId, input.personId);
    const elsewhere = await belongsElsewhere(client, workspaceId, input.personId);
    if (elsewhere)
      await client.query('DELETE FROM membership WHERE workspace_id = $1 AND person_id = $2', [
        workspaceId,
        input.personId,
      ]);
    else await client.query('UPDATE person SET disabled_at = now() WHERE id = $1', [input.personId]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: elsewhere ? 'person.removed' : 'person.disabled',
        subject: `person:${input.personId}`,
        detail: { name: member.name, reason: input.reason },
      },
    ]);
    return elsewhere ? 'removed' : 'disabled';
  });
}

/** Lets a disabled person in again, with the roles and password they had. */
export async function enablePerson(actor: Actor, input: { personId: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  await transact(async (client) => {
    const member = await lockMember(client, workspaceId, input.personId);
    if (member.disabled_at === null) throw new AppError('conflict', `${member.name} is not disabled.`);
    await client.query('UPDATE person SET disabled_at = NULL WHERE id = $1', [input.personId]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'person.enabled',
        subject: `person:${input.personId}`,
        detail: { name: member.name },
      },
    ]);
  });
}

/** A new one-time link to set a password: for an invitation that got lost, or a forgotten password. */
export async function renewPasswordLink(
  actor: Actor,
  input: { personId: string },
): Promise<{ link: string; expiresAt: string; name: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  return transact(async (client) => {
    await refuseInDemo(client, workspaceId);
    const member = await lockMember(client, workspaceId, input.personId);
    if (member.disabled_at !== null)
      throw new AppError('conflict', `${member.name} is disabled. Enable them first.`);
    await refuseForOthers(client, actor, input.personId, member.name, 'the link would open that too');
    const { url, expiresAt } = makePasswordLink(input.personId, member.password_hash, Date.now());
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'person.password-link-made',
        subject: `person:${input.personId}`,
        detail: { name: member.name, expiresAt },
      },
    ]);
    return { link: url, expiresAt, name: member.name };
  });
}
