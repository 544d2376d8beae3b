import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { plural } from '@/lib/format';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { amendmentsWaiting } from '@/lib/services/amendments/amendments-waiting';
import { pagesWaiting } from '@/lib/services/drills/paging-drill';
import { reviewsWaiting } from '@/lib/services/expert-reviews/list-queue';
import { listReviews } from '@/lib/services/gates/list-reviews';
import { verdictsWaiting } from '@/lib/services/verdicts/verdicts-waiting';

/** Something that does not go on before this person acts. */
export interface WaitingItem {
  /** Unique in the list. */
  id: string;
  kind:
    | 'incident'
    | 'drill'
    | 'gate'
    | 'change-request'
    | 'verdict'
    | 'amendment'
    | 'kill-switch'
    | 'expert-review';
  /** What to do, from its verb: "Sign G4 of Claims processor as GRC". */
  title: string;
  /** What stands still until then, as it follows "holds up". */
  blocks: string;
  path: string;
  /** Since when, ISO 8601. */
  since: string;
}

/** What is hurt while nobody acts comes first, then what has a deadline in minutes; everything else waits alike. */
const URGENCY: Partial<Record<WaitingItem['kind'], number>> = { incident: 0, 'kill-switch': 1, drill: 2 };
const LEAST_URGENT = 3;

/** Everything that waits for the reader, the most urgent first, then the oldest. Keys and the system have nothing that waits. */
export async function listWaiting(actor: Actor): Promise<WaitingItem[]> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return [];
  // One after the other: every page and every open tab asks this, and must not take the pool's connections for it.
  const open = await listReviews(actor, { state: 'open' });
  const others = await ofTables(actor);
  const verdicts = await verdictsWaiting(actor);
  const amendments = await amendmentsWaiting(actor);
  const switches = await switchesOn(actor);
  const drawn = await reviewsWaiting(actor);
  const reviews = open.flatMap((review) => {
    const { wants } = review;
    if (wants === null) return [];
    const { displayName, stage } = review.agent;
    const item: WaitingItem = {
      id: `gate:${review.id}`,
      kind: 'gate',
      title: `${wants} ${review.gate} of ${displayName}${review.version === null ? '' : ` v${review.version.label}`}`,
      blocks:
        review.gate === 'G6'
          ? `the attestation that keeps ${displayName} in Production`
          : stage === 'production'
            ? `${review.version === null ? 'what is next' : `v${review.version.label}`} of ${displayName}, which is not in force before`
            : `${displayName}, which stays in ${STAGE_TITLES[stage]} until then`,
      path: `/review/${review.id}`,
      since: review.waiting?.since ?? review.openedAt,
    };
    return [item];
  });
  const said = verdicts.map(
    (verdict): WaitingItem => ({
      id: `verdict:${verdict.incidentId}:${verdict.role}`,
      kind: 'verdict',
      title: `Say as ${verdict.as} what was wrong in INC-${verdict.number} of ${verdict.agent}`,
      blocks: 'the cause of the incident, and what follows from it',
      path: `/incidents/${verdict.number}`,
      since: verdict.since.toISOString(),
    }),
  );
  const amended = amendments.map(
    (amendment, at): WaitingItem => ({
      id: `amendment:${amendment.number}:${at}`,
      kind: 'amendment',
      title: amendment.title,
      blocks: 'the amendment, which goes no further until then',
      path: `/amendments/${amendment.number}`,
      since: amendment.since.toISOString(),
    }),
  );
  const toRate = drawn.map(
    ({ agentId, displayName, runs, since }): WaitingItem => ({
      id: `expert-review:${agentId}`,
      kind: 'expert-review',
      title: `Rate ${plural(runs, 'run')} of ${displayName}`,
      blocks: `what is known of how good its work is`,
      path: '/review/expert',
      since: since.toISOString(),
    }),
  );
  const urgency = ({ kind }: WaitingItem) => URGENCY[kind] ?? LEAST_URGENT;
  return [...reviews, ...others, ...said, ...amended, ...switches, ...toRate].sort(
    (a, b) => urgency(a) - urgency(b) || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0),
  );
}

/** What stands still while nobody acts on an incident; its run need not have been paused. */
function heldUpBy({ agent, paused, state }: { agent: string; paused: number; state: string }): string {
  if (paused === 1) return `a paused run of ${agent}`;
  if (paused > 1) return `${plural(paused, 'paused run')} of ${agent}`;
  return `no run of ${agent}, only the incident, which stays open until it is ${state === 'open' ? 'taken and ' : ''}resolved`;
}

/** Kill switches that are on, for those who may release them: whatever they stop waits for nobody else. */
async function switchesOn(actor: Actor): Promise<WaitingItem[]> {
  const { workspaceId } = actor;
  if (!can(actor, 'kill-switch.release', { workspaceId })) return [];
  const { rows } = await db().query<{
    id: string;
    scope: string;
    target: string;
    since: Date;
    name: string | null;
    agent: string | null;
  }>(
    `SELECT k.id, k.scope, k.target, k.on_at AS since, a.name, a.display_name AS agent
       FROM kill_switch k LEFT JOIN agent a ON k.scope = 'agent' AND a.id::text = k.target
      WHERE k.workspace_id = $1 AND k.off_at IS NULL AND NOT k.drill`,
    [workspaceId],
  );
  return rows.map(({ id, scope, target, since, name, agent }): WaitingItem => {
    const what =
      scope === 'workspace'
        ? 'every agent'
        : scope === 'agent'
          ? (agent ?? target)
          : `every agent of ${target}`;
    return {
      id: `kill-switch:${id}`,
      kind: 'kill-switch',
      title: `Release the kill switch for ${what}, or have the reason mended`,
      blocks: `each call of ${what}`,
      path: name === null ? '/' : `/agents/${encodeURIComponent(name)}`,
      since: since.toISOString(),
    };
  });
}

/**
 * Incidents that page the reader and nobody has taken; those they took and have not closed; drills that page them; changes
 * somebody asked for in a draft that they wrote on.
 */
async function ofTables(actor: Extract<Actor, { kind: 'person' }>): Promise<WaitingItem[]> {
  const mine = [actor.workspaceId, actor.personId];
  const incidents = await db().query<{
    id: string;
    number: number;
    title: string;
    state: string;
    agent: string;
    since: Date;
    paused: number;
  }>(
    `SELECT i.id, i.number, i.title, i.state, a.display_name AS agent,
              COALESCE(i.acknowledged_at, i.opened_at) AS since,
              (SELECT count(*) FROM incident_run t JOIN run r ON r.id = t.run_id
                WHERE t.incident_id = i.id AND t.closed_at IS NULL AND r.status = 'paused') AS paused
         FROM incident i JOIN agent a ON a.id = i.agent_id
        WHERE i.workspace_id = $1
          AND ((i.state = 'open' AND i.operator_id = $2) OR (i.state = 'acknowledged' AND i.acknowledged_by_id = $2))`,
    mine,
  );
  const pages = await pagesWaiting(actor);
  const requests = await db().query<{
    id: string;
    clause: string;
    draft: string;
    agent: string | null;
    since: Date;
  }>(
    `SELECT t.id, t.clause, t.draft_id AS draft, a.display_name AS agent, t.created_at AS since
         FROM comment_thread t JOIN contract_draft d ON d.id = t.draft_id LEFT JOIN agent a ON a.id = d.agent_id
        WHERE t.workspace_id = $1 AND t.kind = 'change-request' AND t.resolved_at IS NULL AND d.state = 'open'
          AND t.created_by_id IS DISTINCT FROM $2
          AND (d.created_by_id = $2 OR EXISTS (
            SELECT FROM draft_revision r WHERE r.draft_id = d.id AND r.author_id = $2))`,
    mine,
  );
  return [
    ...incidents.rows.map(
      (row): WaitingItem => ({
        id: `incident:${row.id}`,
        kind: 'incident',
        title: `${row.state === 'open' ? 'Acknowledge' : 'Decide on'} INC-${row.number}: ${row.title}`,
        blocks: heldUpBy(row),
        path: `/incidents/${row.number}`,
        since: row.since.toISOString(),
      }),
    ),
    ...pages.map(
      (page): WaitingItem => ({
        id: `drill:${page.drillId}`,
        kind: 'drill',
        title: `Answer the paging drill of ${page.displayName}`,
        blocks: 'the evidence that its pages reach you',
        path: `/agents/${encodeURIComponent(page.agent)}/drills`,
        since: page.startedAt,
      }),
    ),
    ...requests.rows.map(
      (row): WaitingItem => ({
        id: `request:${row.id}`,
        kind: 'change-request',
        title: `Change ${row.clause}, as was asked for in the draft${row.agent === null ? '' : ` of ${row.agent}`}`,
        blocks: 'the draft, which nobody can submit into force before',
        path: `/contracts/drafts/${row.draft}?thread=${row.id}`,
        since: row.since.toISOString(),
      }),
    ),
  ];
}
