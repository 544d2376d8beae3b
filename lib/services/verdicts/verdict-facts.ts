import { ROLE_TITLES } from '@/lib/auth/roles';
import { AppError } from '@/lib/errors';
import { type SigningContext, signersFor, whyNobody } from '@/lib/lifecycle/may-sign';
import { isVerdictCause, VERDICT_ROLES, type VerdictCause, type VerdictRole } from '@/lib/lifecycle/verdict';
import type { PersonDto } from '@/lib/services/gates/dto';
import { type AgentFacts, type GateFacts, gateFacts } from '@/lib/services/gates/facts';
import { personOf } from '@/lib/services/gates/people';
import type { Queries } from '@/lib/services/gates/rows';

/** What somebody found to be the cause; plain JSON. */
export interface VerdictDto {
  id: string;
  role: VerdictRole;
  person: PersonDto;
  cause: VerdictCause;
  clause: string | null;
  note: string | null;
  at: string;
}

export interface IncidentForVerdict {
  id: string;
  number: number;
  agentId: string;
  /** That the run was held to; null when that was the workspace defaults, or nothing. */
  versionId: string | null;
  clause: string;
  severity: string;
  state: string;
}

/** The incident by its number. Throws `not_found`. */
export async function incidentForVerdict(
  client: Queries,
  workspaceId: string,
  number: number,
  lock: 'lock' | 'read',
): Promise<IncidentForVerdict> {
  const { rows } = await client.query<IncidentForVerdict>(
    `SELECT i.id, i.number, i.agent_id AS "agentId", r.contract_version_id AS "versionId", i.clause, i.severity, i.state
       FROM incident i JOIN run r ON r.id = i.run_id
      WHERE i.workspace_id = $1 AND i.number = $2 ${lock === 'lock' ? 'FOR NO KEY UPDATE OF i' : ''}`,
    [workspaceId, number],
  );
  const incident = rows[0];
  if (incident === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  return incident;
}

/** In the order they were given. */
export async function verdictsOf(client: Queries, incidentId: string): Promise<VerdictDto[]> {
  const { rows } = await client.query<
    Omit<VerdictDto, 'role' | 'cause' | 'at'> & { role: string; cause: string; at: Date }
  >(
    `SELECT v.id, v.role, json_build_object('id', p.id, 'name', p.name) AS person, v.cause, v.clause, v.note, v.at
       FROM incident_verdict v JOIN person p ON p.id = v.person_id WHERE v.incident_id = $1 ORDER BY v.at, v.id`,
    [incidentId],
  );
  return rows.flatMap(({ role: roleText, cause, at, ...verdict }): VerdictDto[] => {
    const role = VERDICT_ROLES.find((each) => each === roleText);
    return role === undefined || !isVerdictCause(cause)
      ? []
      : [{ ...verdict, role, cause, at: at.toISOString() }];
  });
}

export interface VerdictPeople {
  role: 'sponsor' | 'grc';
  title: string;
  /** Who may: the person the contract names first; empty when nobody may. */
  people: PersonDto[];
  nobody: string | null;
}

/** Whose word it takes beside that of a role. */
export const OTHER_ROLE = { sponsor: 'grc', grc: 'sponsor' } as const;

/**
 * Who may say as sponsor and as GRC what was wrong: whom the contract that the run was held to names, else whoever has the
 * role, and those who stand in for them, by the rules of gates.
 */
export async function verdictPeople(
  client: Queries,
  workspaceId: string,
  incident: Pick<IncidentForVerdict, 'agentId' | 'versionId'>,
  now: number,
): Promise<VerdictPeople[]> {
  const facts = await gateFacts(client, workspaceId, { agentIds: [incident.agentId] });
  const [agent] = facts.agents;
  if (agent === undefined) throw new AppError('not_found', 'There is no such agent in this workspace.');
  return peopleFor(facts, agent, incident.versionId, now);
}

export function peopleFor(
  facts: GateFacts,
  agent: AgentFacts,
  versionId: string | null,
  now: number,
): VerdictPeople[] {
  return (['sponsor', 'grc'] as const).map((role) => {
    const context = contextFor(role, facts, agent, versionId);
    const ids = signersFor(role, context, now).map((signer) => signer.personId);
    return {
      role,
      title: ROLE_TITLES[role],
      people: [...new Set(ids)].map((id) => personOf(facts, id)),
      nobody: whyNobody(role, context, now),
    };
  });
}

function contextFor(
  role: 'sponsor' | 'grc',
  facts: GateFacts,
  agent: AgentFacts,
  versionId: string | null,
): SigningContext {
  const version = agent.versions.find((each) => each.id === versionId) ?? agent.versions[0];
  const named = facts.members.find((member) => member.email === version?.named[role]);
  return {
    // The gate that each of the two signs; nothing of the gate itself bars anybody from saying what was wrong.
    gate: role === 'sponsor' ? 'G2' : 'G4',
    agentId: agent.id,
    members: facts.members,
    named: named === undefined ? {} : { [role]: named.id },
    signatures: [],
    authors: [],
    builders: [],
    delegations: facts.delegations,
  };
}
