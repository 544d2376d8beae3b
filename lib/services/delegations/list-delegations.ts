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
  /** Whom a delegation can be given to or from, with their roles and the agents they made. */
  people: (PersonDto & { roles: string[]; made: MadeAgents })[];
  /** Agents there are. */
  agents: number;
  /** Roles the reader can pass on. */
  roles: SigningRole[];
  mayGrant: boolean;
  mayGrantForOthers: boolean;
}

/** Names of agents (in telemetry) whose newest version somebody wrote, or signed as engineering lead. */
export interface MadeAgents {
  wrote: string[];
  built: string[];
}

/** Delegations that hold or ended within a year, those that hold first. */
export async function listDelegations(actor: Actor): Promise<DelegationList> {
  const { workspaceId } = actor;
  authorize(actor, 'delegation.read', { workspaceId });
  const self = actor.kind === 'person' ? actor.personId : null;
  const forOthers = can(actor, 'delegation.grant-for-others', { workspaceId });
  const [delegations, people, made] = await Promise.all([
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
    db().query<{ name: string; wrote: string[]; built: string[] }>(
      `SELECT a.name,
              ARRAY(SELECT v.created_by_id::text WHERE v.created_by_id IS NOT NULL UNION
                    SELECT r.author_id::text FROM contract_draft d JOIN draft_revision r ON r.draft_id = d.id
                     WHERE d.submitted_version_id = v.id AND r.author_id IS NOT NULL) AS wrote,
              ARRAY(SELECT s.person_id::text FROM gate_review g JOIN signature s ON s.gate_review_id = g.id
                     WHERE g.contract_version_id = v.id AND s.role = 'engineer') AS built
         FROM agent a
         LEFT JOIN LATERAL (SELECT id, created_by_id FROM contract_version WHERE agent_id = a.id
                             ORDER BY number DESC LIMIT 1) v ON true
        WHERE a.workspace_id = $1`,
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
    people: people.rows.map((person) => ({
      ...person,
      made: {
        wrote: made.rows.flatMap((each) => (each.wrote.includes(person.id) ? [each.name] : [])),
        built: made.rows.flatMap((each) => (each.built.includes(person.id) ? [each.name] : [])),
      },
    })),
    agents: made.rows.length,
    roles,
    mayGrant: can(actor, 'delegation.grant', { workspaceId }) && (roles.length > 0 || forOthers),
    mayGrantForOthers: forOthers,
  };
}
