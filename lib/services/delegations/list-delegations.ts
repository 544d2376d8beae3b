import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { SIGNING_ROLES, type SigningRole } from '@/lib/lifecycle/gates';
import type { PersonDto } from '@/lib/services/gates/dto';

export interface DelegationDto {
  id: string;
  from: PersonDto;
  to: PersonDto;
  role: SigningRole;
  /** Null: for all agents. */
  agent: { name: string; displayName: string } | null;
  reason: string;
  /** ISO. */
  startsAt: string;
  endsAt: string;
  revokedAt: string | null;
  active: boolean;
  mayRevoke: boolean;
}

export interface DelegationList {
  /** Given by the reader. */
  mine: DelegationDto[];
  /** Given to the reader. */
  toMe: DelegationDto[];
  /** Of others; for who may grant for them. */
  others: DelegationDto[];
  /** Whom a delegation can be given to or from, with their roles. */
  people: (PersonDto & { roles: string[] })[];
  /** Roles the reader can pass on. */
  roles: SigningRole[];
  mayGrant: boolean;
  mayGrantForOthers: boolean;
}

/** Delegations that hold or ended within a year, those that hold first. */
export async function listDelegations(actor: Actor): Promise<DelegationList> {
  const { workspaceId } = actor;
  authorize(actor, 'delegation.read', { workspaceId });
  const self = actor.kind === 'person' ? actor.personId : null;
  const forOthers = can(actor, 'delegation.grant-for-others', { workspaceId });
  const [delegations, people] = await Promise.all([
    db().query<
      Omit<DelegationDto, 'startsAt' | 'endsAt' | 'revokedAt' | 'role' | 'mayRevoke'> & {
        role: string;
        startsAt: Date;
        endsAt: Date;
        revokedAt: Date | null;
      }
    >(
      `SELECT d.id, json_build_object('id', f.id, 'name', f.name) AS "from",
              json_build_object('id', t.id, 'name', t.name) AS "to", d.role,
              CASE WHEN a.id IS NULL THEN NULL
                   ELSE json_build_object('name', a.name, 'displayName', a.display_name) END AS agent,
              d.reason, d.starts_at AS "startsAt", d.ends_at AS "endsAt", d.revoked_at AS "revokedAt",
              (d.revoked_at IS NULL AND d.ends_at > $2) AS active
         FROM delegation d JOIN person f ON f.id = d.from_id JOIN person t ON t.id = d.to_id
         LEFT JOIN agent a ON a.id = d.agent_id
        WHERE d.workspace_id = $1 AND d.ends_at > $2 - interval '1 year'
        ORDER BY active DESC, d.ends_at, d.id LIMIT 500`,
      [workspaceId, new Date()],
    ),
    db().query<PersonDto & { roles: string[] }>(
      `SELECT p.id, p.name, m.roles FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1 AND p.disabled_at IS NULL ORDER BY p.name, p.id`,
      [workspaceId],
    ),
  ]);
  const list = delegations.rows.flatMap(({ role: name, startsAt, endsAt, revokedAt, ...row }) => {
    const role = SIGNING_ROLES.find((each) => each === name);
    if (role === undefined) return [];
    const own = row.from.id === self || row.to.id === self;
    return [
      {
        ...row,
        role,
        startsAt: startsAt.toISOString(),
        endsAt: endsAt.toISOString(),
        revokedAt: revokedAt?.toISOString() ?? null,
        mayRevoke: row.active && (own || forOthers),
      },
    ];
  });
  const roles = actor.kind === 'person' ? SIGNING_ROLES.filter((role) => actor.roles.includes(role)) : [];
  return {
    mine: list.filter((each) => each.from.id === self),
    toMe: list.filter((each) => each.to.id === self),
    others: forOthers ? list.filter((each) => each.from.id !== self && each.to.id !== self) : [],
    people: people.rows,
    roles,
    mayGrant: can(actor, 'delegation.grant', { workspaceId }) && (roles.length > 0 || forOthers),
    mayGrantForOthers: forOthers,
  };
}
