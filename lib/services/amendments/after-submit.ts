import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { reportSchema, summaryOf } from '@/lib/services/backtests/report';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { newerThanBase } from '@/lib/services/gates/amendment-facts';
import { gateFacts } from '@/lib/services/gates/facts';
import type { Queries } from '@/lib/services/gates/rows';
import { amendmentOf, inAudit } from './rows';

/**
 * A draft has become a version, in the caller's transaction: the amendment it belongs to is open for its gates. Throws
 * `conflict` when another version came into force over the one it changes. Does nothing for a draft of no amendment.
 */
export async function amendmentSubmitted(
  client: PoolClient,
  actor: Actor,
  submitted: { draftId: string; versionId: string },
): Promise<void> {
  const { workspaceId } = actor;
  const row = await amendmentOf(client, workspaceId, { draftId: submitted.draftId });
  if (row === undefined) return;
  const facts = await gateFacts(client, workspaceId, { agentIds: [row.agentId] });
  const [agent] = facts.agents;
  const newer = agent === undefined ? null : newerThanBase(agent, row);
  if (newer !== null)
    throw new AppError(
      'conflict',
      `v${newer.label} has come into force over the version that AMD-${row.number} changes. Bring it up to v${newer.label} first, on its page.`,
    );
  await client.query(
    `UPDATE amendment SET state = 'open', submitted_version_id = $2, submitted_at = now() WHERE id = $1`,
    [row.id, submitted.versionId],
  );
  const version = agent?.versions.find((each) => each.id === submitted.versionId);
  await bindBacktest(client, actor, { ...submitted, agentId: row.agentId });
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'amendment.submitted',
      subject: `amendment:${row.id}`,
      detail: { ...inAudit(row), version: version?.number, label: version?.label, digest: version?.digest },
    },
  ]);
  await notify(client, { workspaceId, topic: 'amendment', id: row.id });
}

/** The last replay of this very text, made while it was a draft, is evidence for the version it became. */
async function bindBacktest(
  client: PoolClient,
  actor: Actor,
  submitted: { draftId: string; versionId: string; agentId: string },
): Promise<void> {
  const { rows } = await client.query<{ id: string; report: unknown; endedAt: Date }>(
    `SELECT b.id, b.report, b.ended_at AS "endedAt" FROM backtest b JOIN contract_version v ON v.id = $2
      WHERE b.draft_id = $1 AND b.state = 'done' AND b.contract_digest = v.digest AND b.evidence_id IS NULL
      ORDER BY b.started_at DESC LIMIT 1`,
    [submitted.draftId, submitted.versionId],
  );
  const backtest = rows[0];
  const report = reportSchema.safeParse(backtest?.report);
  if (backtest === undefined || !report.success) return;
  const evidence = await recordEvidence(client, actor, {
    agentId: submitted.agentId,
    contractVersionId: submitted.versionId,
    kind: 'backtest',
    title: 'Backtest',
    outcome: 'given',
    summary: summaryOf(report.data),
    detail: { ...report.data },
    producedAt: backtest.endedAt,
    origin: 'computed',
  });
  await client.query('UPDATE backtest SET evidence_id = $2 WHERE id = $1', [backtest.id, evidence.id]);
}

/** A draft was discarded, in the caller's transaction: so is what it was to amend. */
export async function amendmentDiscarded(
  client: Queries,
  actor: Actor,
  discarded: { draftId: string; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  const row = await amendmentOf(client, workspaceId, { draftId: discarded.draftId });
  if (row === undefined || row.state !== 'drafting') return;
  await client.query(
    `UPDATE amendment SET state = 'withdrawn', ended_at = now(), ended_by_id = $2, end_reason = $3 WHERE id = $1`,
    [row.id, actor.kind === 'person' ? actor.personId : null, discarded.reason],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'amendment.withdrawn',
      subject: `amendment:${row.id}`,
      detail: { ...inAudit(row), reason: discarded.reason },
    },
  ]);
  await notify(client, { workspaceId, topic: 'amendment', id: row.id });
}
