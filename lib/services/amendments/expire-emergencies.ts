import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { formatDate } from '@/lib/format';
import { GATES } from '@/lib/lifecycle/gates';
import { UNSIGNED_FALLBACK } from '@/lib/lifecycle/reentry';
import { compareStages } from '@/lib/lifecycle/stages';
import { appendAudit } from '@/lib/services/audit/append';
import { owesSignatures } from '@/lib/services/gates/amendment-facts';
import { fallBackIn } from '@/lib/services/gates/fall-back';
import { lockAgent } from '@/lib/services/gates/find-review';
import { inAudit, lockAmendment } from './rows';

/**
 * Sends agents back whose emergency amendment was not signed in time, in all workspaces; answers how many. The amendment
 * stays in force: it narrowed, and what was there before must not come back because nobody looked. Run by a timer of the runtime
 * plane, any number of them at once.
 */
export async function expireEmergencies(
  now: Date,
  failed: (error: unknown) => void = () => {},
): Promise<number> {
  const { rows } = await db().query<{ workspaceId: string; number: number }>(
    // Only of what decides now: one that was rolled back is let alone, and must not hide those after it.
    `SELECT m.workspace_id AS "workspaceId", m.number
       FROM amendment m JOIN agent a ON a.id = m.agent_id AND a.contract_version_id = m.submitted_version_id
      WHERE m.sign_due_at <= $1 AND m.emergency AND m.state = 'in-force' AND m.signed_at IS NULL AND m.fell_back_at IS NULL
      ORDER BY m.sign_due_at LIMIT 100`,
    [now],
  );
  let count = 0;
  for (const { workspaceId, number } of rows)
    try {
      if (await fallBackUnsigned({ kind: 'system', workspaceId }, number, now)) count += 1;
    } catch (error) {
      failed(error);
    }
  return count;
}

async function fallBackUnsigned(
  actor: Extract<Actor, { kind: 'system' }>,
  number: number,
  now: Date,
): Promise<boolean> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.fall-back', { workspaceId });
  return transact(async (client) => {
    const row = await lockAmendment(client, workspaceId, number);
    const { facts, agent } = await lockAgent(client, workspaceId, row.agent);
    const fact = agent.amendments.find((each) => each.id === row.id);
    if (
      fact === undefined ||
      !owesSignatures(fact) ||
      fact.versionId !== agent.inForceId ||
      fact.signDueAt === null ||
      fact.signDueAt > now.getTime()
    )
      return false;
    const marked = await client.query(
      'UPDATE amendment SET fell_back_at = $2 WHERE id = $1 AND fell_back_at IS NULL',
      [row.id, now],
    );
    if (marked.rowCount === 0) return false;
    const way = fact.versionId === null ? null : agent.past.wayBetween(fact.baseId, fact.versionId);
    const unsigned = UNSIGNED_FALLBACK[way ?? 'scoping'];
    const { cause } = unsigned;
    // Where it took effect in Rollout, that is no way back: there G4 was owed.
    const here = unsigned.to === agent.stage && agent.moves.at(-1)?.kind !== 'fallback';
    const to = here ? GATES.G4.from : unsigned.to;
    // Somebody sent it further back already: then there is nowhere to go.
    if (compareStages(to, agent.stage) < 0)
      await fallBackIn(client, actor, {
        agent: agent.name,
        to,
        cause,
        clause: row.clause,
        reason: `AMD-${row.number} took effect in an emergency and was not signed by ${formatDate(fact.signDueAt, facts.zone)}.`,
      });
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'amendment.not-signed-in-time',
        subject: `amendment:${row.id}`,
        detail: { ...inAudit(row), to },
      },
    ]);
    await notify(client, { workspaceId, topic: 'amendment', id: row.id });
    return true;
  });
}
