import { choicesBetween } from '@/lib/lifecycle/amended-route';
import { SIGNING_ROLES, type SigningRole } from '@/lib/lifecycle/gates';
import type { GivenDelegation, Member } from '@/lib/lifecycle/may-sign';
import { adoptedAt, type Passage, type Past, type StageMove } from '@/lib/lifecycle/passages';
import { isLive, isStage, type Stage } from '@/lib/lifecycle/stages';
import { type AmendmentFact, amendmentFacts, latestOf, speaksForItself } from './amendment-facts';
import { type EvidenceFact, evidenceFacts } from './evidence-facts';
import { type ReviewFact, reviewFacts } from './review-facts';
import { grouped, type Queries } from './rows';
import { type Way, waysBetween } from './ways';

/** A version as gates look at it: without its document. */
export interface VersionFact {
  id: string;
  number: number;
  label: string;
  digest: string;
  reviewEveryDays: number;
  /** YYYY-MM-DD. */
  lastReviewed: string;
  /** Lower-case e-mail addresses of the people it names. */
  named: Partial<Record<SigningRole, string>>;
  /** Who created it or changed its draft. */
  authors: string[];
}

export interface MoveFact extends StageMove {
  id: string;
  gate: string | null;
  reviewId: string | null;
  cause: string | null;
  reason: string | null;
  clause: string | null;
  by: { id: string; name: string } | null;
}

/** Everything gates need to know of one agent. */
export interface AgentFacts {
  id: string;
  name: string;
  displayName: string;
  businessUnit: string | null;
  stage: Stage;
  /** ms since 1970. */
  stageEnteredAt: number;
  inForceId: string | null;
  /** Whom its proposal names as sponsor; a contract says so once there is one. */
  proposedSponsorId: string | null;
  /** Newest first. */
  versions: VersionFact[];
  /** Newest first. */
  reviews: ReviewFact[];
  /** Oldest first. */
  moves: MoveFact[];
  /** The newest of each kind and version, and attachments. */
  evidence: EvidenceFact[];
  /** Newest first. */
  amendments: AmendmentFact[];
  /** Versions that were in force in Rollout or Production, and not by an emergency nobody has signed for. */
  wasLive: ReadonlySet<string>;
  /** Versions that were ever in force. */
  decided: ReadonlySet<string>;
  past: Past;
}

export interface GateFacts {
  workspaceId: string;
  zone: string;
  members: (Member & { email: string })[];
  delegations: (GivenDelegation & { fromName: string })[];
  agents: AgentFacts[];
}

/** `evidenceUpTo`: evidence as it was at that moment. */
export interface FactsOf {
  agentIds?: readonly string[];
  evidenceUpTo?: Date;
}

/**
 * What gates are decided on, for some agents or all of a workspace, by display name. With a client inside a transaction it
 * is as of that transaction; whoever signs has locked the agent's row.
 */
export async function gateFacts(client: Queries, workspaceId: string, of: FactsOf = {}): Promise<GateFacts> {
  const ids = of.agentIds === undefined ? null : [...of.agentIds];
  // One after the other: a client of a transaction runs one query at a time.
  const workspace = await client.query<{ zone: string }>(
    'SELECT time_zone AS zone FROM workspace WHERE id = $1',
    [workspaceId],
  );
  const members = await client.query<Member & { email: string }>(
    `SELECT p.id, p.name, p.email, m.roles FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL ORDER BY p.name, p.id`,
    [workspaceId],
  );
  const delegations = await delegationFacts(client, workspaceId);
  const agents = await client.query<AgentRow>(
    `SELECT id, name, display_name AS "displayName", business_unit AS "businessUnit", stage,
            stage_entered_at AS "stageEnteredAt", contract_version_id AS "inForceId",
            proposed_sponsor_id AS "proposedSponsorId"
       FROM agent WHERE workspace_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2))
      ORDER BY lower(display_name), name`,
    [workspaceId, ids],
  );
  const versions = await versionFacts(client, workspaceId, ids);
  const reviews = await reviewFacts(client, workspaceId, ids);
  const moves = await moveFacts(client, workspaceId, ids);
  const evidence = await evidenceFacts(client, workspaceId, ids, of.evidenceUpTo);
  const inForce = await forceFacts(client, workspaceId, ids);
  const amendments = await amendmentFacts(client, workspaceId, ids);
  const found = agents.rows.map((agent) =>
    withPast(agent, {
      versions: versions.get(agent.id) ?? [],
      reviews: reviews.get(agent.id) ?? [],
      moves: moves.get(agent.id) ?? [],
      evidence: evidence.get(agent.id) ?? [],
      inForce: inForce.get(agent.id) ?? [],
      amendments: amendments.get(agent.id) ?? [],
    }),
  );
  const ways = await waysBetween(client, found.flatMap(pairsOf));
  return {
    workspaceId,
    zone: workspace.rows[0]?.zone ?? 'UTC',
    members: members.rows,
    delegations,
    agents: found.map((agent) => ({ ...agent, past: { ...agent.past, wayBetween: ways } })),
  };
}

interface AgentRow {
  id: string;
  name: string;
  displayName: string;
  businessUnit: string | null;
  stage: string;
  stageEnteredAt: Date;
  inForceId: string | null;
  proposedSponsorId: string | null;
}

interface ForceRow {
  number: number;
  /** Null in entries from before there were gates. */
  stage: string | null;
  at: number;
}

function withPast(
  { stage: stageText, stageEnteredAt, ...agent }: AgentRow,
  rest: Pick<AgentFacts, 'versions' | 'reviews' | 'moves' | 'evidence' | 'amendments'> & {
    inForce: readonly ForceRow[];
  },
): AgentFacts {
  const { versions, reviews, moves, evidence, inForce, amendments } = rest;
  const stage = isStage(stageText) ? stageText : 'discovery';
  const numbers = new Map(versions.map((version) => [version.id, version.number]));
  const byNumber = new Map(versions.map((version) => [version.number, version.id]));
  const passages = reviews.flatMap(({ id: reviewId, gate, versionId, state, closedAt }): Passage[] =>
    state === 'passed' && closedAt !== null ? [{ gate, versionId, at: closedAt, reviewId }] : [],
  );
  const began = Math.min(
    ...passages.map((passage) => passage.at),
    ...moves.filter((move) => move.kind !== 'adopted').map((move) => move.at),
  );
  const before = Number.isFinite(began) ? inForce.filter((each) => each.at < began).at(-1) : undefined;
  const takenOver = adoptedAt({ stage, moves }) !== 'discovery';
  const adoptedVersionId = !takenOver
    ? null
    : before === undefined
      ? agent.inForceId
      : (byNumber.get(before.number) ?? agent.inForceId);
  const unsigned = new Set(
    amendments.flatMap((each) => (each.emergency && each.signedAt === null ? [each.versionId] : [])),
  );
  return {
    ...agent,
    stage,
    stageEnteredAt: stageEnteredAt.getTime(),
    versions,
    reviews,
    moves,
    evidence,
    amendments,
    wasLive: new Set(
      inForce.flatMap((each) => {
        const id = byNumber.get(each.number);
        const live = each.stage === null || (isStage(each.stage) && isLive(each.stage));
        return id === undefined || !live || unsigned.has(id) ? [] : [id];
      }),
    ),
    decided: new Set(inForce.flatMap((each) => byNumber.get(each.number) ?? [])),
    past: {
      stage,
      passages,
      moves,
      adoptedVersionId,
      numberOf: (id) => numbers.get(id) ?? 0,
      wayBetween: () => 'scoping',
      carriesOn: (id) => !amendments.some((each) => speaksForItself(each, id)),
    },
  };
}

/**
 * Pairs of versions that rules may ask the way between: from what was agreed or shown, to what may be agreed next; with what
 * people decided about the way of an amendment.
 */
function pairsOf(agent: AgentFacts): Way[] {
  const byId = new Map(agent.versions.map((version) => [version.id, version]));
  const known = (ids: Iterable<string | null>) =>
    [...new Set(ids)].flatMap((id) => (id === null ? [] : (byId.get(id) ?? [])));
  const targets = known([
    agent.versions[0]?.id ?? null,
    latestOf(agent)?.id ?? null,
    agent.inForceId,
    ...agent.reviews.map((review) => review.versionId),
    ...agent.amendments.map((amendment) => amendment.versionId),
  ]);
  const agreed = known([
    ...agent.past.passages.map((passage) => passage.versionId),
    agent.past.adoptedVersionId,
  ]);
  const shown = known(agent.evidence.map((each) => each.version?.id ?? null));
  const amended = agent.amendments.flatMap(({ versionId, inForceAt, choice }) => {
    const version = versionId === null ? undefined : byId.get(versionId);
    return version === undefined
      ? []
      : [{ versionId: version.id, number: version.number, cameInForce: inForceAt !== null, choice }];
  });
  return targets
    .flatMap((to) => [
      ...agreed.filter((from) => from.id !== to.id).map((from) => ({ from, to })),
      ...shown.filter((from) => from.number < to.number).map((from) => ({ from, to })),
    ])
    .map(({ from, to }) => ({ from, to, ...choicesBetween(amended, from, to, known(agent.decided)) }));
}

async function delegationFacts(client: Queries, workspaceId: string): Promise<GateFacts['delegations']> {
  const { rows } = await client.query<
    Omit<GateFacts['delegations'][number], 'startsAt' | 'endsAt' | 'revokedAt'> & {
      startsAt: Date;
      endsAt: Date;
      revokedAt: Date | null;
    }
  >(
    // Those that ended lately too: who tries to use one is told that it has ended.
    `SELECT d.id, d.from_id AS "fromId", p.name AS "fromName", d.to_id AS "toId", d.role, d.agent_id AS "agentId",
            d.starts_at AS "startsAt", d.ends_at AS "endsAt", d.revoked_at AS "revokedAt"
       FROM delegation d JOIN person p ON p.id = d.from_id
      WHERE d.workspace_id = $1 AND d.ends_at > now() - interval '90 days' ORDER BY d.created_at, d.id`,
    [workspaceId],
  );
  return rows.map((row) => ({
    ...row,
    startsAt: row.startsAt.getTime(),
    endsAt: row.endsAt.getTime(),
    revokedAt: row.revokedAt?.getTime() ?? null,
  }));
}

/** Where a contract names the person for a role. */
const OWNERSHIP: Readonly<Record<SigningRole, string>> = {
  'head-of-ai': '',
  sponsor: 'sponsor',
  engineer: 'engineeringLead',
  qa: 'qa',
  grc: 'grc',
  operator: 'operator',
  sre: 'sre',
};

async function versionFacts(
  client: Queries,
  workspaceId: string,
  ids: string[] | null,
): Promise<Map<string, VersionFact[]>> {
  const { rows } = await client.query<
    Omit<VersionFact, 'named'> & { agentId: string; ownership: Record<string, unknown> | null }
  >(
    `SELECT v.id, v.agent_id AS "agentId", v.number, v.digest,
            coalesce(v.document #>> '{versioning,contract}', v.number::text) AS label,
            coalesce((v.document #>> '{versioning,reviewEveryDays}')::float8, 90) AS "reviewEveryDays",
            coalesce(v.document #>> '{versioning,lastReviewed}', to_char(v.created_at, 'YYYY-MM-DD')) AS "lastReviewed",
            v.document -> 'ownership' AS ownership,
            ARRAY(SELECT v.created_by_id::text WHERE v.created_by_id IS NOT NULL UNION
                  SELECT r.author_id::text FROM contract_draft d JOIN draft_revision r ON r.draft_id = d.id
                   WHERE d.submitted_version_id = v.id AND r.author_id IS NOT NULL) AS authors
       FROM contract_version v
      WHERE v.workspace_id = $1 AND v.agent_id IS NOT NULL AND ($2::uuid[] IS NULL OR v.agent_id = ANY($2))
      ORDER BY v.number DESC`,
    [workspaceId, ids],
  );
  return grouped(rows, ({ agentId, ownership, ...version }) => [
    agentId,
    {
      ...version,
      named: Object.fromEntries(
        SIGNING_ROLES.flatMap((role) => {
          const email = ownership?.[OWNERSHIP[role]];
          return typeof email === 'string' ? [[role, email.toLowerCase()]] : [];
        }),
      ),
    },
  ]);
}

async function moveFacts(
  client: Queries,
  workspaceId: string,
  ids: string[] | null,
): Promise<Map<string, MoveFact[]>> {
  const { rows } = await client.query<
    Omit<MoveFact, 'at' | 'from' | 'to' | 'by'> & {
      agentId: string;
      from: string;
      to: string;
      at: Date;
      byId: string | null;
      byName: string | null;
    }
  >(
    `SELECT s.id, s.agent_id AS "agentId", s.from_stage AS "from", s.to_stage AS "to", s.kind, s.gate,
            s.gate_review_id AS "reviewId", s.cause, s.reason, s.clause, s.by_id AS "byId", p.name AS "byName", s.at
       FROM stage_change s LEFT JOIN person p ON p.id = s.by_id
      WHERE s.workspace_id = $1 AND ($2::uuid[] IS NULL OR s.agent_id = ANY($2)) ORDER BY s.at, s.id`,
    [workspaceId, ids],
  );
  return grouped(rows, ({ agentId, from, to, at, byId, byName, ...move }) => [
    agentId,
    {
      ...move,
      from: isStage(from) ? from : 'discovery',
      to: isStage(to) ? to : 'discovery',
      at: at.getTime(),
      by: byId === null || byName === null ? null : { id: byId, name: byName },
    },
  ]);
}

async function forceFacts(
  client: Queries,
  workspaceId: string,
  ids: string[] | null,
): Promise<Map<string, ForceRow[]>> {
  const { rows } = await client.query<{ agentId: string; number: string; stage: string | null; at: Date }>(
    `SELECT substring(subject FROM 7) AS "agentId", detail ->> 'number' AS number, detail ->> 'stage' AS stage, at
       FROM audit_entry
      WHERE workspace_id = $1 AND action = 'contract.put-in-force'
        AND ($2::text[] IS NULL OR subject = ANY($2)) ORDER BY id`,
    [workspaceId, ids?.map((id) => `agent:${id}`) ?? null],
  );
  return grouped(rows, ({ agentId, number, stage, at }) => [
    agentId,
    { number: Number(number), stage, at: at.getTime() },
  ]);
}
