import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { diffContracts } from '@/lib/contract/diff';
import { moreThanNarrower } from '@/lib/contract/route';
import { db } from '@/lib/db/pool';
import { chosenRoute, routeOfChange } from '@/lib/lifecycle/amended-route';
import { isAdopted, missingAt } from '@/lib/lifecycle/passages';
import { standsAt } from '@/lib/lifecycle/reentry';
import { isLive } from '@/lib/lifecycle/stages';
import { settledCause, VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import { proposeFilter } from '@/lib/response/propose-filter';
import { backtestsOf } from '@/lib/services/backtests/get-backtest';
import {
  type AmendmentFact,
  isUnderWay,
  newerThanBase,
  owesSignatures,
} from '@/lib/services/gates/amendment-facts';
import { agentDto, versionById, versionDto } from '@/lib/services/gates/dtos';
import { type AgentFacts, type GateFacts, gateFacts } from '@/lib/services/gates/facts';
import { listRecord } from '@/lib/services/runs/list-record';
import { verdictsOf } from '@/lib/services/verdicts/verdict-facts';
import { type AmendedText, amendedText, documentOf } from './changes';
import { consentersOf, loweringDigest } from './decide-route';
import type { AmendmentDetail, Lowering, RouteStepDto, ShownState } from './dto';
import { dueGates, gatesByRoute, gatesOf } from './gates-of';
import { proposalFor } from './propose';
import { noSuchAmendment } from './rows';

interface Stored {
  id: string;
  agentId: string;
  incidentId: string | null;
  incidentTitle: string | null;
  severity: string | null;
  clause: string | null;
  reason: string | null;
  draftId: string | null;
  draftState: string | null;
  proposal: string | null;
  emergencyReason: string | null;
  emergencyBy: string | null;
  fellBackAt: Date | null;
  createdById: string | null;
  createdBy: string | null;
  createdAt: Date;
  endedAt: Date | null;
  endedBy: string | null;
  endReason: string | null;
}

/** Everything the page of an amendment shows, by its number. Throws `not_found`. */
export async function getAmendment(actor: Actor, number: number): Promise<AmendmentDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.read', { workspaceId });
  const stored = await storedAmendment(workspaceId, number);
  authorize(actor, 'amendment.read', { workspaceId, agentId: stored.agentId });
  const facts = await gateFacts(db(), workspaceId, { agentIds: [stored.agentId] });
  const [agent] = facts.agents;
  const fact = agent?.amendments.find((each) => each.id === stored.id);
  if (agent === undefined || fact === undefined) throw noSuchAmendment(number);
  const now = Date.now();
  const text = await amendedText(db(), workspaceId, { ...fact, draftId: stored.draftId });
  const consents = fact.choice.consent === null ? [] : [fact.choice.consent];
  const computed = chosenRoute(text.changes, { raisedTo: null, consents: [] });
  const route = chosenRoute(text.changes, { raisedTo: fact.choice.raisedTo, consents });
  const [backtests, activity, verdicts, wider, authors, proposal] = await Promise.all([
    backtestsFor(actor, fact, stored.draftId),
    listRecord(db(), workspaceId, [`amendment:${fact.id}`]),
    stored.incidentId === null ? [] : verdictsOf(db(), stored.incidentId),
    wideningNow(agent, text),
    authorsOf(stored.draftId),
    proposalOf(workspaceId, stored, fact, text),
  ]);
  const settled = settledCause(verdicts);
  const underWay = isUnderWay(fact);
  const newer = newerThanBase(agent, fact);
  const { gates, holding } = gatesOf(actor, facts, agent, fact, { route, authors, now });
  const steps = fact.steps.map(stepDto);
  const overdue = owesSignatures(fact) && fact.signDueAt !== null && fact.signDueAt < now;
  const base = agent.versions.find((each) => each.id === fact.baseId);
  return {
    id: fact.id,
    number: fact.number,
    agent: agentDto(agent),
    state: shownState(agent, fact),
    emergency: fact.emergency,
    overdue,
    incident: fact.incident,
    clause: stored.clause,
    draftId: stored.draftId,
    base: base === undefined ? { id: fact.baseId, number: 0, label: '', digest: '' } : versionDto(base),
    version: versionById(agent, fact.versionId),
    route,
    standsAt: underWay || owesSignatures(fact) ? standsAt(dueGates(agent, fact, route)) : null,
    outdated: newer !== null,
    createdBy: stored.createdBy,
    createdById: stored.createdById,
    createdAt: stored.createdAt.toISOString(),
    endedAt: endOf(fact, stored.endedAt),
    endedBy: stored.endedBy,
    endReason: stored.endReason,
    reason: stored.reason,
    inForce: versionById(agent, agent.inForceId),
    label: text.contract?.versioning.contract ?? null,
    draft:
      stored.draftId === null
        ? null
        : { id: stored.draftId, revision: text.revision, open: stored.draftState === 'open' },
    incidentDetail:
      fact.incident === null
        ? null
        : {
            number: fact.incident,
            title: stored.incidentTitle ?? '',
            severity: stored.severity ?? 'low',
            settled: settled?.cause ?? null,
          },
    changes: text.changes,
    ways: text.changes.map((change) => routeOfChange(change, consents)),
    faults: text.faults,
    computed,
    verdictRoute: settled === null ? null : VERDICT_WORDS[settled.cause].route,
    steps: steps.toReversed(),
    asked: loweringOf(facts, agent, fact, text),
    gates,
    holding,
    gatesByRoute: {
      g6: gatesByRoute(agent, 'g6'),
      build: gatesByRoute(agent, 'build'),
      scoping: gatesByRoute(agent, 'scoping'),
    },
    newer: newer === null ? null : versionDto(newer),
    proposal,
    backtests,
    atOnce: !fact.emergency
      ? null
      : {
          reason: stored.emergencyReason,
          by: stored.emergencyBy,
          signDueAt: iso(fact.signDueAt),
          signedAt: iso(fact.signedAt),
          fellBackAt: stored.fellBackAt?.toISOString() ?? null,
          overdue,
        },
    widens: wider,
    may: mayOf(actor, { facts, agent, fact, text, wider, newer: newer?.label ?? null }),
    activity: activity.toReversed(),
  };
}

async function storedAmendment(workspaceId: string, number: number): Promise<Stored> {
  const { rows } = await db().query<Stored>(
    `SELECT m.id, m.agent_id AS "agentId", m.incident_id AS "incidentId", i.title AS "incidentTitle", i.severity,
            m.clause, m.reason, m.draft_id AS "draftId", d.state AS "draftState", m.proposal,
            m.emergency_reason AS "emergencyReason", e.name AS "emergencyBy", m.fell_back_at AS "fellBackAt",
            m.created_by_id AS "createdById", c.name AS "createdBy", m.created_at AS "createdAt",
            m.ended_at AS "endedAt", q.name AS "endedBy", m.end_reason AS "endReason"
       FROM amendment m LEFT JOIN incident i ON i.id = m.incident_id LEFT JOIN contract_draft d ON d.id = m.draft_id
       LEFT JOIN person e ON e.id = m.emergency_by_id LEFT JOIN person c ON c.id = m.created_by_id
       LEFT JOIN person q ON q.id = m.ended_by_id
      WHERE m.workspace_id = $1 AND m.number = $2`,
    [workspaceId, number],
  );
  if (rows[0] === undefined) throw noSuchAmendment(number);
  return rows[0];
}

/** Of the version once one of it was begun there; before that, those of the draft it was. */
async function backtestsFor(actor: Actor, fact: AmendmentFact, draftId: string | null) {
  const none = { latest: null, report: null, mayRun: false };
  const ofVersion = fact.versionId === null ? null : await backtestsOf(actor, { versionId: fact.versionId });
  if (ofVersion !== null && (ofVersion.latest !== null || draftId === null)) return ofVersion;
  return draftId === null ? (ofVersion ?? none) : backtestsOf(actor, { draftId });
}

/** Against what is in force now, not against what it changes: that is what an agent could do a moment before. */
async function wideningNow(agent: AgentFacts, text: AmendedText): Promise<string[]> {
  if (text.contract === null || agent.inForceId === null) return [];
  const inForce = await documentOf(db(), agent.inForceId);
  return [...new Set(moreThanNarrower(diffContracts(inForce, text.contract)).map((change) => change.clause))];
}

async function authorsOf(draftId: string | null): Promise<string[]> {
  if (draftId === null) return [];
  const { rows } = await db().query<{ id: string }>(
    'SELECT DISTINCT author_id AS id FROM draft_revision WHERE draft_id = $1 AND author_id IS NOT NULL',
    [draftId],
  );
  return rows.map((row) => row.id);
}

async function proposalOf(
  workspaceId: string,
  stored: Stored,
  fact: AmendmentFact,
  text: AmendedText,
): Promise<AmendmentDetail['proposal']> {
  const state = (['offered', 'accepted', 'declined'] as const).find((each) => each === stored.proposal);
  if (state === undefined || stored.incidentId === null) return null;
  const proposed = await proposalFor(db(), workspaceId, stored.incidentId, text.base);
  if (proposed === null) return null;
  // Somebody has written it by hand: there is nothing left to offer.
  if (state === 'offered') {
    const { contract } = text;
    const touched = proposed.filter.categories;
    if (fact.state !== 'drafting' || contract === null) return null;
    if (proposeFilter(contract, { tool: proposed.tool, touched }) === null) return null;
  }
  return { state, proposed };
}

function loweringOf(
  facts: GateFacts,
  agent: AgentFacts,
  fact: AmendmentFact,
  text: AmendedText,
): Lowering | null {
  const { asked } = fact.choice;
  if (asked === null) return null;
  return {
    ...stepDto(asked),
    changes: text.changes.filter(
      (change) => chosenRoute([change], { raisedTo: asked.route, consents: [] }) !== asked.route,
    ),
    seen: loweringDigest(text.changes, asked.route),
    people: consentersOf(facts, agent, fact, asked.by?.id ?? null).map(({ id, name }) => ({ id, name })),
  };
}

function mayOf(
  actor: Actor,
  at: {
    facts: GateFacts;
    agent: AgentFacts;
    fact: AmendmentFact;
    text: AmendedText;
    wider: readonly string[];
    newer: string | null;
  },
): AmendmentDetail['may'] {
  const { facts, agent, fact, text, newer } = at;
  const subject = { workspaceId: facts.workspaceId };
  const underWay = isUnderWay(fact);
  const self = actor.kind === 'person' ? actor.personId : null;
  const { asked } = fact.choice;
  const consenters = asked === null ? [] : consentersOf(facts, agent, fact, asked.by?.id ?? null);
  return {
    write: underWay && can(actor, 'amendment.write', subject),
    whyNotSubmit:
      fact.state !== 'drafting'
        ? null
        : newer !== null
          ? `Bring it up to v${newer} first.`
          : text.contract === null
            ? 'Its draft is not a whole contract yet.'
            : text.changes.length === 0
              ? 'Nothing is changed yet.'
              : null,
    consent:
      asked !== null && can(actor, 'amendment.consent', subject) && consenters.some(({ id }) => id === self),
    refuse: underWay && can(actor, 'amendment.refuse', subject),
    atOnce:
      mayGoAtOnce(agent, fact, newer, at.wider) && can(actor, 'amendment.put-in-force-at-once', subject),
  };
}

/** Whether it could take effect before its gates: it is submitted, up to date, some gate stands before it, and it only narrows. */
function mayGoAtOnce(
  agent: AgentFacts,
  fact: AmendmentFact,
  newer: string | null,
  wider: readonly string[],
): boolean {
  if (!isUnderWay(fact) || fact.versionId === null || newer !== null || wider.length > 0) return false;
  if (!isLive(agent.stage) || isAdopted(agent.past) || agent.inForceId === null) return false;
  return missingAt(agent.past, fact.versionId, agent.stage).length > 0;
}

export function shownState(agent: AgentFacts, fact: AmendmentFact): ShownState {
  // Rolled back from, while nothing later was agreed.
  if (fact.state === 'in-force' && fact.versionId !== agent.inForceId) return 'superseded';
  if (fact.state !== 'open') return fact.state;
  return agent.reviews.some((review) => review.versionId === fact.versionId) ? 'in-review' : 'open';
}

export function endOf(fact: AmendmentFact, endedAt: Date | null): string | null {
  return endedAt?.toISOString() ?? (fact.state === 'in-force' ? iso(fact.inForceAt) : null);
}

function stepDto(step: AmendmentFact['steps'][number]): RouteStepDto {
  const { id, kind, route, reason, by, at } = step;
  return { id, kind, route, reason, by, at: new Date(at).toISOString() };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
