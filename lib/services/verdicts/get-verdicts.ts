import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import type { Route } from '@/lib/contract/change-row';
import { db } from '@/lib/db/pool';
import { currentVerdicts, type Settlement, settledCause, VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import {
  incidentForVerdict,
  OTHER_ROLE,
  type VerdictDto,
  type VerdictPeople,
  verdictPeople,
  verdictsOf,
} from './verdict-facts';

/** Plain JSON. */
export interface VerdictStanding {
  /** The incident's number. */
  incident: number;
  /** That was broken: what a verdict most often names. */
  clause: string;
  roles: (VerdictPeople & {
    current: VerdictDto | null;
    /** Words of the same role that count no more, the newest first. */
    earlier: VerdictDto[];
    /** The reader speaks in this role. */
    mine: boolean;
  })[];
  /** What the head of AI decided last. */
  decided: VerdictDto | null;
  settled: Settlement | null;
  /** The way back that the settled cause, or else the one both would agree on, asks for. */
  route: Route | null;
  disagree: boolean;
  /** The reader may say which of them holds. */
  mayDecide: boolean;
}

/** What sponsor and GRC say was wrong in an incident, by its number, and who may say it. Throws `not_found`. */
export async function getVerdicts(actor: Actor, number: number): Promise<VerdictStanding> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const incident = await incidentForVerdict(db(), workspaceId, number, 'read');
  authorize(actor, 'incident.read', { workspaceId, agentId: incident.agentId });
  const [given, people] = await Promise.all([
    verdictsOf(db(), incident.id),
    verdictPeople(db(), workspaceId, incident, Date.now()),
  ]);
  const current = currentVerdicts(given);
  const settled = settledCause(given);
  const { sponsor, grc } = current;
  const self = actor.kind === 'person' ? actor.personId : null;
  return {
    incident: incident.number,
    clause: incident.clause,
    roles: people.map((role) => ({
      ...besides(role, current[OTHER_ROLE[role.role]]),
      current: current[role.role],
      earlier: given.filter((each) => each.role === role.role && each !== current[role.role]).reverse(),
      mine:
        current[OTHER_ROLE[role.role]]?.person.id !== self &&
        role.people.some((person) => person.id === self),
    })),
    decided: current['head-of-ai'],
    settled,
    route: settled === null ? null : VERDICT_WORDS[settled.cause].route,
    disagree: sponsor !== null && grc !== null && sponsor.cause !== grc.cause,
    mayDecide:
      self !== null &&
      (sponsor !== null || grc !== null) &&
      sponsor?.cause !== grc?.cause &&
      can(actor, 'verdict.decide', { workspaceId }),
  };
}

/** Whoever has spoken in the other role does not speak in this one too. */
function besides(role: VerdictPeople, other: VerdictDto | null): VerdictPeople {
  const people = role.people.filter((person) => person.id !== other?.person.id);
  return people.length > 0 || role.people.length === 0
    ? { ...role, people }
    : {
        ...role,
        people,
        nobody: `${other?.person.name ?? 'Whoever may'} has spoken in the other role, and nobody else may in this one. The head of AI decides.`,
      };
}
