import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { AppError } from '@/lib/errors';
import { CAN_SIGN_IN } from './can-sign-in';

interface MemberRecord {
  name: string;
  roles: string[];
  job_title: string | null;
  password_hash: string | null;
  disabled_at: Date | null;
}

/** The member, locked with all members, so that two administrators cannot remove each other at once. */
export async function lockMember(
  client: PoolClient,
  workspaceId: string,
  personId: string,
): Promise<MemberRecord> {
  await client.query('SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE', [workspaceId]);
  const found = await client.query<MemberRecord>(
    `SELECT p.name, m.roles, m.job_title, p.password_hash, p.disabled_at
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND m.person_id = $2 FOR UPDATE`,
    [workspaceId, personId],
  );
  const member = found.rows[0];
  if (member === undefined) throw new AppError('not_found', 'There is no such person in this workspace.');
  return member;
}

/** Somebody must be left who can add and remove people. */
export async function keepAnAdministrator(
  client: PoolClient,
  workspaceId: string,
  without: string,
): Promise<void> {
  const others = await client.query(
    `SELECT 1 FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND m.person_id <> $2 AND 'head-of-ai' = ANY (m.roles) AND p.disabled_at IS NULL
        AND (${CAN_SIGN_IN} OR EXISTS (SELECT 1 FROM workspace w WHERE w.id = $1 AND w.is_demo))`,
    [workspaceId, without],
  );
  if (others.rowCount === 0)
    throw new AppError(
      'conflict',
      'Nobody else who can sign in has the role Head of AI. Give it to somebody first, else no one could manage people.',
    );
}

/** How a person signs in holds wherever they belong: changing it takes an administrator of all of it. */
export async function refuseForOthers(
  client: PoolClient,
  actor: Actor,
  personId: string,
  name: string,
  /** What would happen there: "the link would open that too". */
  what: string,
): Promise<void> {
  const beyond = await client.query(
    `SELECT 1 FROM membership theirs
      WHERE theirs.person_id = $1 AND NOT EXISTS (
        SELECT FROM membership own
         WHERE own.workspace_id = theirs.workspace_id AND own.person_id = $2 AND 'head-of-ai' = ANY (own.roles))
      LIMIT 1`,
    [personId, actor.kind === 'person' ? actor.personId : null],
  );
  if (beyond.rowCount !== 0)
    throw new AppError(
      'conflict',
      `${name} belongs to a workspace that you do not administer, and ${what}. Ask its head of AI.`,
    );
}
