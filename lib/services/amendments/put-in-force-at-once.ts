import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Change, diffContracts } from '@/lib/contract/diff';
import { moreThanNarrower } from '@/lib/contract/route';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { isAdopted, missingAt } from '@/lib/lifecycle/passages';
import { EMERGENCY_DAYS } from '@/lib/lifecycle/reentry';
import { isLive } from '@/lib/lifecycle/stages';
import { appendAudit } from '@/lib/services/audit/append';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import { newerThanBase } from '@/lib/services/gates/amendment-facts';
import type { AgentFacts } from '@/lib/services/gates/facts';
import { lockAgent } from '@/lib/services/gates/find-review';
import { reasonOf } from '@/lib/services/gates/reason';
import { documentOf } from './changes';
import { inAudit, lockAmendment, refuseEnded } from './rows';

const DAY_MS = 86_400_000;
const MOST_NAMED = 6;

/**
 * Puts a submitted amendment in force before its gates, in an emergency. It may only narrow what is in force now: the agent may
 * do nothing after it that it may not do before, and what no rule can tell the direction of is refused, as are other owners. Its
 * gates must be passed within seven days; after that the agent falls back. Throws `conflict` that names the clauses that do
 * more than narrow, for an agent that does no real work (there it can be put in force without haste) or has no contract in force,
 * and for an amendment that is not submitted or not up to date.
 */
export async function putInForceAtOnce(
  actor: Actor,
  input: { number: number; reason: string },
): Promise<{ version: string; signDueAt: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.put-in-force-at-once', { workspaceId });
  const reason = reasonOf(input.reason);
  return transact(async (client) => {
    const row = await lockAmendment(client, workspaceId, input.number);
    refuseEnded(row);
    const { agent } = await lockAgent(client, workspaceId, row.agent);
    const version = agent.versions.find((each) => each.id === row.versionId);
    if (version === undefined)
      throw new AppError('conflict', `AMD-${row.number} is still a draft: submit it first.`);
    refuseWhereNoEmergency(agent, version);
    const newer = newerThanBase(agent, row);
    if (newer !== null)
      throw new AppError(
        'conflict',
        `v${newer.label} has come into force over the version that AMD-${row.number} changes. Bring it up to v${newer.label} first.`,
      );
    const contract = await documentOf(client, version.id);
    if (agent.inForceId === null)
      throw new AppError(
        'conflict',
        `${agent.displayName} has no contract of its own in force, so nothing tells whether AMD-${row.number} only narrows what it may do now.`,
      );
    refuseMoreThanNarrower(diffContracts(await documentOf(client, agent.inForceId), contract), row.number);
    const now = new Date();
    const signDueAt = new Date(now.getTime() + EMERGENCY_DAYS * DAY_MS);
    await client.query(
      `UPDATE amendment SET emergency = true, emergency_reason = $2, emergency_by_id = $3, sign_due_at = $4 WHERE id = $1`,
      [row.id, reason, actor.kind === 'person' ? actor.personId : null, signDueAt],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'amendment.put-in-force-at-once',
        subject: `amendment:${row.id}`,
        detail: { ...inAudit(row), version: version.number, label: version.label, reason, signDueAt },
      },
    ]);
    await placeInForce(client, actor, {
      agentId: agent.id,
      versionId: version.id,
      number: version.number,
      contract,
    });
    await notify(client, { workspaceId, topic: 'contract', id: version.id });
    await notify(client, { workspaceId, topic: 'gate', id: '' });
    return { version: version.label, signDueAt: signDueAt.toISOString() };
  });
}

function refuseWhereNoEmergency(agent: AgentFacts, version: { id: string; label: string }): void {
  if (agent.inForceId === version.id)
    throw new AppError('conflict', `v${version.label} is in force already.`);
  const exempt = !isLive(agent.stage) || isAdopted(agent.past);
  if (exempt || missingAt(agent.past, version.id, agent.stage).length === 0)
    throw new AppError(
      'conflict',
      `No gate stands before v${version.label} where ${agent.displayName} is now: put it in force on its contract’s page.`,
    );
}

/** Throws `conflict` naming the clauses that do more than narrow what the agent may do. */
export function refuseMoreThanNarrower(changes: readonly Change[], number: number): void {
  const wider = moreThanNarrower(changes);
  if (wider.length === 0) return;
  const clauses = [...new Set(wider.map((change) => change.clause))];
  const more = clauses.length - MOST_NAMED;
  throw new AppError(
    'conflict',
    `AMD-${number} does more than narrow what the agent may do now, so it cannot take effect before it is signed: ${formatList([...clauses.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])])}.`,
    { issues: wider.map((change) => ({ path: change.clause, message: change.why })) },
  );
}
