import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { isAdopted } from '@/lib/lifecycle/passages';
import { addNotifications } from '@/lib/services/notifications/add';
import { closeReview, whatIsSigned } from './close-review';
import { attestationOf } from './dtos';
import { type AgentFacts, gateFacts } from './facts';
import { clockAfter, lockAgent, lockReview } from './find-review';
import { openInto } from './open-review';
import { awaitedOf } from './people';
import { inTheWay, standingOf } from './review-standing';

const DAY = 86_400_000;
/** Those on whom a review waits are reminded so often. */
const REMIND_AFTER_MS = 2 * DAY;
/** An attestation is asked for so long before it is due, and asked again so long after one that led to nothing. */
const ATTEST_BEFORE_DAYS = 14;
const ATTEST_AGAIN_MS = 7 * DAY;

export interface TimedSteps {
  expired: number;
  reminded: number;
  attestations: number;
}

/**
 * What time does to gates, in all workspaces: reviews expire, those who let one wait are reminded, attestations that come due
 * are opened. Run by a timer of the runtime plane, any number of them at once: each step locks its agent and looks
 * again. A workspace that fails does not keep the others from their turn.
 */
export async function expireReviews(
  now: Date,
  failed: (error: unknown) => void = () => {},
): Promise<TimedSteps> {
  const steps: TimedSteps = { expired: 0, reminded: 0, attestations: 0 };
  const due = await db().query<{ workspaceId: string; id: string }>(
    `SELECT workspace_id AS "workspaceId", id FROM gate_review
      WHERE state = 'open' AND (expires_at <= $1 OR coalesce(reminded_at, opened_at) <= $2)
      ORDER BY opened_at LIMIT 1000`,
    [now, new Date(now.getTime() - REMIND_AFTER_MS)],
  );
  for (const { workspaceId, id } of due.rows)
    await attempt(failed, async () => {
      const done = await timeReview({ kind: 'system', workspaceId }, id, now);
      if (done === 'expired') steps.expired += 1;
      if (done === 'reminded') steps.reminded += 1;
    });
  const live = await db().query<{ workspaceId: string }>(
    `SELECT DISTINCT workspace_id AS "workspaceId" FROM gate_review WHERE gate IN ('G5', 'G6') AND state = 'passed'`,
  );
  for (const { workspaceId } of live.rows)
    await attempt(failed, async () => {
      steps.attestations += await askAttestations({ kind: 'system', workspaceId }, now);
    });
  return steps;
}

async function attempt(failed: (error: unknown) => void, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    failed(error);
  }
}

async function timeReview(actor: Actor, reviewId: string, now: Date): Promise<'expired' | 'reminded' | null> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.open', { workspaceId });
  return transact(async (client) => {
    const { facts, agent, review } = await lockReview(client, workspaceId, reviewId);
    if (review.state !== 'open') return null;
    if (now.getTime() >= review.expiresAt) {
      await closeReview(client, actor, agent, review, {
        state: 'expired',
        at: clockAfter(agent, now),
        told: `${review.gate} of ${whatIsSigned(agent, review.versionId)} expired before everybody signed`,
      });
      return 'expired';
    }
    if ((review.remindedAt ?? review.openedAt) > now.getTime() - REMIND_AFTER_MS) return null;
    const standing = standingOf(facts, agent, review, now.getTime());
    const obstacle = await inTheWay(client, facts, agent, review, standing, now.getTime());
    // Nobody is reminded of what they cannot do.
    if (obstacle !== null || !standing.standing.ready) return null;
    const on = awaitedOf(facts, standing.context, review.roles, now.getTime());
    await client.query('UPDATE gate_review SET reminded_at = $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      review.id,
      now,
    ]);
    await addNotifications(
      client,
      actor,
      on.map((person) => ({
        personId: person.id,
        kind: 'gate.reminder',
        title: `${review.gate} of ${whatIsSigned(agent, review.versionId)} still waits for your signature`,
        path: `/review/${review.id}`,
      })),
    );
    return on.length === 0 ? null : 'reminded';
  });
}

/** Opens G6 for agents whose attestation is due soon. Who was taken over and never signed is left to people. */
async function askAttestations(actor: Actor, now: Date): Promise<number> {
  const { workspaceId } = actor;
  const facts = await gateFacts(db(), workspaceId);
  const names = facts.agents.filter((agent) => isDue(agent, facts.zone, now)).map((agent) => agent.name);
  let opened = 0;
  for (const name of names)
    opened += await transact(async (client) => {
      const { facts: fresh, agent } = await lockAgent(client, workspaceId, name);
      if (!isDue(agent, fresh.zone, now)) return 0;
      const due = attestationOf(agent, fresh.zone, now.getTime());
      await openInto(client, actor, {
        facts: fresh,
        agent,
        gate: 'G6',
        number: agent.versions.find((version) => version.id === agent.inForceId)?.number,
        now,
        message: due === null ? null : `The attestation is due on ${due.dueOn}.`,
      });
      return 1;
    });
  return opened;
}

function isDue(agent: AgentFacts, zone: string, now: Date): boolean {
  const due = attestationOf(agent, zone, now.getTime());
  if (due === null || isAdopted(agent.past) || due.lastAt === null || due.inDays > ATTEST_BEFORE_DAYS)
    return false;
  return agent.reviews.every(
    (review) =>
      review.gate !== 'G6' ||
      (review.state !== 'open' &&
        (review.state === 'passed' || (review.closedAt ?? 0) < now.getTime() - ATTEST_AGAIN_MS)),
  );
}
