import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import type { Role } from '@/lib/auth/roles';
import { db } from '@/lib/db/pool';
import { CAN_SIGN_IN } from './can-sign-in';
import { knownRoles } from './load-session';

export interface PersonRow {
  id: string;
  name: string;
  email: string;
  jobTitle: string | null;
  roles: Role[];
  /** active: has a password, a passkey or an account at the sign-in service; invited: has a link to set a password; disabled: kept out, still named in the record. */
  state: 'active' | 'invited' | 'disabled' | 'demo';
  addedAt: string;
  /** How they sign in besides a password, for those who may change it; else empty. */
  passkeys: { id: string; name: string; lastUsedAt: string | null }[];
  hasAccount: boolean;
}

/** Everyone in the workspace, active first, by name. */
export async function listPeople(actor: Actor): Promise<{ people: PersonRow[]; mayManage: boolean }> {
  const subject = { workspaceId: actor.workspaceId };
  authorize(actor, 'person.read', subject);
  const found = await db().query<{
    id: string;
    name: string;
    email: string;
    jobTitle: string | null;
    roles: string[];
    disabledAt: Date | null;
    canSignIn: boolean;
    isDemo: boolean;
    addedAt: Date;
    passkeys: PersonRow['passkeys'];
    hasAccount: boolean;
  }>(
    `SELECT p.id, p.name, p.email, m.job_title AS "jobTitle", m.roles, p.disabled_at AS "disabledAt",
            ${CAN_SIGN_IN} AS "canSignIn", w.is_demo AS "isDemo", m.created_at AS "addedAt",
            coalesce((SELECT jsonb_agg(jsonb_build_object('id', k.id, 'name', k.name, 'lastUsedAt', k.last_used_at)
                                       ORDER BY k.created_at)
                        FROM passkey k WHERE k.person_id = p.id AND k.revoked_at IS NULL), '[]') AS passkeys,
            EXISTS (SELECT FROM person_identity i WHERE i.person_id = p.id) AS "hasAccount"
       FROM membership m JOIN person p ON p.id = m.person_id JOIN workspace w ON w.id = m.workspace_id
      WHERE m.workspace_id = $1
      ORDER BY p.disabled_at IS NOT NULL, lower(p.name), p.id`,
    [actor.workspaceId],
  );
  const mayManage = can(actor, 'person.manage', subject);
  return {
    mayManage,
    people: found.rows.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      jobTitle: row.jobTitle,
      roles: knownRoles(row.roles),
      state:
        row.disabledAt !== null ? 'disabled' : row.isDemo ? 'demo' : row.canSignIn ? 'active' : 'invited',
      addedAt: row.addedAt.toISOString(),
      passkeys: mayManage ? row.passkeys : [],
      hasAccount: mayManage && row.hasAccount,
    })),
  };
}
