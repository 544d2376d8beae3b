import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import type { BacktestReport } from '@/lib/decision/backtest-report';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { appendAudit } from '@/lib/services/audit/append';
import { authorOf } from '@/lib/services/drafts/draft-row';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { QUIET_SECONDS } from './get-backtest';
import { countRuns, type Window } from './recorded-runs';
import { replayRuns } from './replay-runs';
import { summaryOf } from './report';
import { loadSubject, type Subject, type SubjectOf } from './subject';

export const MOST_DAYS = 90;
const DAY_MS = 86_400_000;
/** How often its progress is written down. */
const BEAT_MS = 500;

const daysSchema = z.int().min(1).max(MOST_DAYS);

/**
 * Begins to replay the runs of an agent's last days through a version or a draft, and answers at once; the work goes on in
 * this process, beside others, and tells of its progress (topic `backtest`). One at a time for each version or draft: while
 * one is under way it answers that one. A finished backtest of a version is evidence. Days are whole days in UTC, and today.
 *
 * @returns `done` settles when it ended, however it did; it never rejects
 */
export async function startBacktest(
  actor: Actor,
  input: { agent: string; of: SubjectOf; days: number },
): Promise<{ id: string; done: Promise<void> }> {
  const { workspaceId } = actor;
  authorize(actor, 'backtest.run', { workspaceId });
  const days = daysSchema.safeParse(input.days);
  if (!days.success)
    throw new AppError('invalid', `A backtest looks back 1 to ${MOST_DAYS} days.`, {
      issues: [{ path: 'days', message: 'Not so many days.', expected: `1 to ${MOST_DAYS}` }],
    });
  const subject = await loadSubject(actor, input.agent, input.of);
  const until = new Date();
  const window = {
    workspaceId,
    agentId: subject.agent.id,
    since: new Date(Math.floor(until.getTime() / DAY_MS) * DAY_MS - days.data * DAY_MS),
    until,
    days: days.data,
  };
  const total = await countRuns(window);
  const id = newId();
  const underWay = await transact(async (client) => {
    // Two who start at once find each other here.
    await client.query('SELECT FROM agent WHERE id = $1 FOR NO KEY UPDATE', [subject.agent.id]);
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM backtest WHERE agent_id = $1 AND contract_version_id IS NOT DISTINCT FROM $2
          AND draft_id IS NOT DISTINCT FROM $3 AND draft_revision IS NOT DISTINCT FROM $4 AND state = 'running'
          AND beat_at > now() - make_interval(secs => $5)`,
      [
        subject.agent.id,
        subject.versionId,
        subject.draft?.id ?? null,
        subject.draft?.revision ?? null,
        QUIET_SECONDS,
      ],
    );
    if (rows[0] !== undefined) return rows[0].id;
    await client.query(
      `INSERT INTO backtest (id, workspace_id, agent_id, contract_version_id, draft_id, draft_revision,
         contract_digest, since, days, runs_total, started_at, started_by_id, beat_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())`,
      [
        id,
        workspaceId,
        subject.agent.id,
        subject.versionId,
        subject.draft?.id ?? null,
        subject.draft?.revision ?? null,
        subject.digest,
        window.since,
        window.days,
        total,
        until,
        authorOf(actor),
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'backtest.started',
        subject: `agent:${subject.agent.id}`,
        detail: { agent: subject.agent.name, ...named(input.of), days: window.days, runs: total },
      },
    ]);
    await notify(client, { workspaceId, topic: 'backtest', id });
    return null;
  });
  if (underWay !== null) return { id: underWay, done: Promise.resolve() };
  return { id, done: work(actor, id, subject, window) };
}

function named(of: SubjectOf): Record<string, unknown> {
  return 'version' in of ? { version: of.version } : { draft: of.draft };
}

async function work(
  actor: Actor,
  id: string,
  subject: Subject,
  window: Window & { days: number },
): Promise<void> {
  try {
    let beat = performance.now();
    const report = await replayRuns(window, subject.contract, subject.changed, async (done) => {
      if (performance.now() - beat < BEAT_MS) return true;
      beat = performance.now();
      return stillWanted(actor.workspaceId, id, done);
    });
    if (report !== null) await finish(actor, id, subject, report);
  } catch (error) {
    console.error(`Backtest ${id}`, error);
    await fail(actor.workspaceId, id, error).catch((lost: unknown) => console.error(`Backtest ${id}`, lost));
  }
}

/** Writes its progress down; false when somebody cancelled it. */
async function stillWanted(workspaceId: string, id: string, done: number): Promise<boolean> {
  const { rowCount } = await db().query(
    `UPDATE backtest SET runs_done = $2, beat_at = now() WHERE id = $1 AND state = 'running'`,
    [id, done],
  );
  if (rowCount === 0) return false;
  await notify(db(), { workspaceId, topic: 'backtest', id });
  return true;
}

async function finish(actor: Actor, id: string, subject: Subject, report: BacktestReport): Promise<void> {
  const { workspaceId } = actor;
  await transact(async (client) => {
    const { rowCount } = await client.query(
      `SELECT FROM backtest WHERE id = $1 AND state = 'running' FOR NO KEY UPDATE`,
      [id],
    );
    if (rowCount === 0) return;
    const evidence =
      subject.versionId === null
        ? null
        : await recordEvidence(client, actor, {
            agentId: subject.agent.id,
            contractVersionId: subject.versionId,
            kind: 'backtest',
            title: 'Backtest',
            outcome: 'given',
            summary: summaryOf(report),
            detail: { ...report },
            producedAt: new Date(),
            origin: 'computed',
          });
    await client.query(
      `UPDATE backtest SET state = 'done', runs_done = $2, runs_total = $2, ended_at = now(), beat_at = now(),
         report = $3, report_digest = $4, evidence_id = $5 WHERE id = $1`,
      [id, report.runs, JSON.stringify(report), digestOf(report), evidence?.id ?? null],
    );
    await notify(client, { workspaceId, topic: 'backtest', id });
  });
}

async function fail(workspaceId: string, id: string, error: unknown): Promise<void> {
  await db().query(
    `UPDATE backtest SET state = 'failed', ended_at = now(), problem = $2 WHERE id = $1 AND state = 'running'`,
    [
      id,
      error instanceof AppError
        ? error.message
        : `It failed on our side; the log has it under backtest ${id}.`,
    ],
  );
  await notify(db(), { workspaceId, topic: 'backtest', id });
}
