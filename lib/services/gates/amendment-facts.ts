import { ROUTES, type Route } from '@/lib/contract/change-row';
import {
  type Choice,
  type Covered,
  choiceOf,
  ROUTE_STEPS,
  type RouteStep,
  type RouteStepKind,
} from '@/lib/lifecycle/amended-route';
import type { GateId } from '@/lib/lifecycle/gates';
import type { Past } from '@/lib/lifecycle/passages';
import { REQUIRED_GATES } from '@/lib/lifecycle/required-gates';
import { grouped, type Queries } from './rows';

export const AMENDMENT_STATES = [
  'drafting',
  'open',
  'in-force',
  'withdrawn',
  'refused',
  'superseded',
] as const;
export type AmendmentState = (typeof AMENDMENT_STATES)[number];

/** A step in deciding on the way back, with who took it. */
export interface StoredRouteStep extends RouteStep {
  id: string;
  reason: string | null;
  by: { id: string; name: string } | null;
  /** ms since 1970. */
  at: number;
}

/** A change of what was agreed, as gates look at it; times in ms since 1970. */
export interface AmendmentFact {
  id: string;
  number: number;
  /** The number of the incident that gave rise to it. */
  incident: number | null;
  state: AmendmentState;
  baseId: string;
  /** Null while it is drafted. */
  versionId: string | null;
  /** Submitted before it was brought up to a newer version. */
  replacedIds: string[];
  emergency: boolean;
  inForceAt: number | null;
  signDueAt: number | null;
  signedAt: number | null;
  /** Who wrote its draft or submitted it. */
  authors: string[];
  /** Oldest first. */
  steps: StoredRouteStep[];
  choice: Choice<StoredRouteStep>;
}

interface AmendmentRecord
  extends Omit<AmendmentFact, 'state' | 'inForceAt' | 'signDueAt' | 'signedAt' | 'steps' | 'choice'> {
  agentId: string;
  state: string;
  inForceAt: Date | null;
  signDueAt: Date | null;
  signedAt: Date | null;
}

/** By agent, the newest first. */
export async function amendmentFacts(
  client: Queries,
  workspaceId: string,
  agentIds: string[] | null,
): Promise<Map<string, AmendmentFact[]>> {
  const { rows } = await client.query<AmendmentRecord>(
    `SELECT m.id, m.agent_id AS "agentId", m.number, i.number AS incident, m.state, m.base_version_id AS "baseId",
            m.submitted_version_id AS "versionId", m.replaced_version_ids AS "replacedIds", m.emergency, m.in_force_at AS "inForceAt",
            m.sign_due_at AS "signDueAt", m.signed_at AS "signedAt",
            ARRAY(SELECT r.author_id::text FROM draft_revision r WHERE r.draft_id = m.draft_id AND r.author_id IS NOT NULL UNION
                  SELECT v.created_by_id::text FROM contract_version v
                   WHERE v.id = m.submitted_version_id AND v.created_by_id IS NOT NULL) AS authors
       FROM amendment m LEFT JOIN incident i ON i.id = m.incident_id WHERE m.workspace_id = $1 AND ($2::uuid[] IS NULL OR m.agent_id = ANY($2))
      ORDER BY m.number DESC`,
    [workspaceId, agentIds],
  );
  if (rows.length === 0) return new Map();
  const steps = await routeSteps(
    client,
    workspaceId,
    rows.map((row) => row.id),
  );
  return grouped(rows, ({ agentId, state, inForceAt, signDueAt, signedAt, ...row }) => {
    const own = steps.get(row.id) ?? [];
    return [
      agentId,
      {
        ...row,
        state: AMENDMENT_STATES.find((each) => each === state) ?? 'withdrawn',
        inForceAt: inForceAt?.getTime() ?? null,
        signDueAt: signDueAt?.getTime() ?? null,
        signedAt: signedAt?.getTime() ?? null,
        steps: own,
        choice: choiceOf(own),
      },
    ];
  });
}

async function routeSteps(
  client: Queries,
  workspaceId: string,
  amendmentIds: string[],
): Promise<Map<string, StoredRouteStep[]>> {
  const { rows } = await client.query<{
    id: string;
    amendmentId: string;
    kind: string;
    route: string;
    reason: string | null;
    covered: Covered[];
    by: { id: string; name: string } | null;
    at: Date;
  }>(
    `SELECT s.id, s.amendment_id AS "amendmentId", s.kind, s.route, s.reason, s.covered, s.at,
            CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('id', p.id, 'name', p.name) END AS by
       FROM amendment_route s LEFT JOIN person p ON p.id = s.by_id
      WHERE s.workspace_id = $1 AND s.amendment_id = ANY($2::uuid[]) ORDER BY s.at, s.id`,
    [workspaceId, amendmentIds],
  );
  return grouped(rows, ({ amendmentId, kind, route, at, ...step }) => [
    amendmentId,
    { ...step, kind: kindOf(kind), route: routeNamed(route), at: at.getTime() },
  ]);
}

function kindOf(text: string): RouteStepKind {
  return ROUTE_STEPS.find((kind) => kind === text) ?? 'declined';
}

function routeNamed(text: string): Route {
  return ROUTES.find((route) => route === text) ?? 'scoping';
}

/** Whether it may still come into force. */
export function isUnderWay(amendment: Pick<AmendmentFact, 'state'>): boolean {
  return amendment.state === 'drafting' || amendment.state === 'open';
}

/** In force before its gates, which are still to be passed. */
export function owesSignatures(amendment: AmendmentFact): boolean {
  return amendment.emergency && amendment.state === 'in-force' && amendment.signedAt === null;
}

/** What stands in the way of signing a version as an amendment, in a sentence; null when nothing does, or it is none. */
export function amendmentObstacle(
  agent: {
    inForceId: string | null;
    versions: readonly { id: string; number: number; label: string }[];
    amendments: readonly AmendmentFact[];
  },
  versionId: string,
): string | null {
  const replaced = agent.amendments.find((each) => each.replacedIds.includes(versionId));
  if (replaced !== undefined)
    return `AMD-${replaced.number} was brought up to a newer version since: this text of it is signed no more.`;
  const amendment = agent.amendments.find((each) => each.versionId === versionId);
  if (amendment === undefined) return null;
  if (amendment.state === 'withdrawn' || amendment.state === 'refused')
    return `AMD-${amendment.number} was ${amendment.state}.`;
  const newer = newerThanBase(agent, amendment);
  if (newer === null) return null;
  const base = agent.versions.find((each) => each.id === amendment.baseId);
  return `AMD-${amendment.number} changes v${base?.label ?? ''}, and v${newer.label} has come into force since. Bring it up to v${newer.label} first.`;
}

/** The version that came into force over the one an amendment changes; null while it is up to date, or over. */
export function newerThanBase<Version extends { id: string; number: number }>(
  agent: { inForceId: string | null; versions: readonly Version[] },
  amendment: Pick<AmendmentFact, 'state' | 'baseId' | 'versionId'>,
): Version | null {
  if (!isUnderWay(amendment)) return null;
  const base = agent.versions.find((each) => each.id === amendment.baseId);
  const inForce = agent.versions.find((each) => each.id === agent.inForceId);
  if (base === undefined || inForce === undefined || inForce.id === amendment.versionId) return null;
  return inForce.number > base.number ? inForce : null;
}

/** The newest version that may still be agreed to: none of an amendment that was withdrawn, refused or brought up to a newer one. */
export function latestOf<Version extends { id: string }>(agent: {
  versions: readonly Version[];
  amendments: readonly AmendmentFact[];
}): Version | undefined {
  const ended = agent.amendments.flatMap(({ state, versionId, replacedIds }) =>
    state === 'withdrawn' || state === 'refused' ? [versionId, ...replacedIds] : replacedIds,
  );
  return agent.versions.find((version) => !ended.includes(version.id));
}

/** Whether a version is one of the amendment that never came into force: what it passed holds for no other. */
export function speaksForItself(amendment: AmendmentFact, versionId: string): boolean {
  return (
    amendment.replacedIds.includes(versionId) ||
    (amendment.versionId === versionId && amendment.inForceAt === null)
  );
}

/** When an amendment that came into force was signed anew at a gate instead of an earlier version; null when none was. */
export function supersededByAmendment(
  agent: { amendments: readonly AmendmentFact[]; past: Pick<Past, 'numberOf' | 'wayBetween'> },
  passage: { gate: GateId; versionId: string | null; at: number },
): number | null {
  const { gate, versionId, at } = passage;
  if (versionId === null) return null;
  const after = agent.amendments.filter(
    (each) =>
      each.versionId !== null &&
      each.inForceAt !== null &&
      each.inForceAt >= at &&
      agent.past.numberOf(each.versionId) > agent.past.numberOf(versionId),
  );
  const superseding = after.filter((each) => {
    const way = each.versionId === null ? null : agent.past.wayBetween(versionId, each.versionId);
    return way !== null && REQUIRED_GATES[way].includes(gate);
  });
  if (superseding.length === 0)
    return agent.amendments.some((each) => each.replacedIds.includes(versionId)) ? at : null;
  return Math.min(...superseding.map((each) => each.inForceAt ?? at));
}
