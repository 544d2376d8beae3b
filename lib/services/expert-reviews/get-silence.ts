import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { reviewTerms } from '@/lib/contract/terms';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { CONFIDENCE, reviewsFor, upperCount, upperShare } from '@/lib/scoring/silent-bound';
import { contractInForce, contractVersion } from '@/lib/services/contracts/contract-in-force';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { type DayRange, daysBack } from '@/lib/services/rollups/window';
import { SILENT_RUN } from './silent-run';

/** How far silence can be trusted: how many silent runs may be wrong, by those drawn at random and reviewed. */
export interface Silence {
  agent: { name: string; displayName: string };
  days: number;
  window: DayRange;
  /** Of the version in force; null: its contract has no silent run reviewed. */
  share: number | null;
  /** Silent runs of the window that are drawn from at that share or a higher one: what the bound speaks of. */
  silentRuns: number;
  /** Silent runs under versions that draw fewer, or none: the bound says nothing of them. */
  leftOut: number;
  /**
   * Of the drawn: rated by as many as the contract asks for, or found wrong by the first of them, whatever the others say; of
   * these, those somebody found wrong.
   */
  reviewed: number;
  wrong: number;
  /** Drawn and not settled yet; of these, those somebody passed on. */
  waiting: number;
  overdue: number;
  skipped: number;
  confidence: number;
  /** At most this share of silent runs is wrong, 0-1; null while nothing was reviewed. */
  bound: number | null;
  /** The same of these very runs, as a count: exact for a set this size. */
  atMostRuns: number | null;
  /** The bound if every run that was passed on were wrong; null where none was. */
  boundIfSkippedWrong: number | null;
  /** How many more reviews, none of them wrong, bring the bound to `to`; null where nothing sensible does. */
  tighter: { to: number; more: number } | null;
  /** All silent runs of the window that were found wrong, also those the bound does not speak of. */
  allWrong: number;
  /** The newest of them, at most 5. */
  wrongRuns: { id: string; key: string; startedAt: string; notes: string[] }[];
}

export const SILENCE_DAYS = 30;
const TARGETS = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/**
 * The bound on wrong silent runs of an agent. It rests on silent runs that were drawn at random, and on nothing else: where
 * versions drew at different shares, on those that the smallest of them would have drawn too, so that every silent run
 * it speaks of had the same chance. Throws `not_found`.
 */
export async function getSilence(
  actor: Actor,
  input: { agentId: string; days?: number | undefined },
  now: Date,
): Promise<Silence> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId, agentId: input.agentId });
  const days = input.days ?? SILENCE_DAYS;
  const found = await db().query<{ name: string; display_name: string; zone: string }>(
    `SELECT a.name, a.display_name, w.time_zone AS zone FROM agent a JOIN workspace w ON w.id = a.workspace_id
      WHERE a.workspace_id = $1 AND a.id = $2`,
    [workspaceId, input.agentId],
  );
  const agent = found.rows[0];
  if (agent === undefined) throw new AppError('not_found', 'There is no such agent in this workspace.');
  const window = daysBack(agent.zone, now, days);
  const inForce = await contractInForce(workspaceId, input.agentId);
  const share = inForce === null ? null : (reviewTerms(inForce.contract)?.silentShare ?? null);
  const frame = await frameOf(workspaceId, input.agentId, window, share ?? 0);
  const facts = await factsOf(workspaceId, input.agentId, {
    window,
    zone: agent.zone,
    frame,
    share: share ?? 0,
    now,
  });
  const { reviewed, wrong, skipped } = facts;
  const bound = upperShare(wrong, reviewed);
  return {
    agent: { name: agent.name, displayName: agent.display_name },
    days,
    window,
    share: share === 0 ? null : share,
    // Rollups and reviews are read one after the other: a run that came between must not make the set too small.
    silentRuns: Math.max(frame.silentRuns, reviewed),
    leftOut: frame.leftOut,
    ...facts,
    confidence: CONFIDENCE,
    bound,
    atMostRuns: upperCount(wrong, reviewed, Math.max(frame.silentRuns, reviewed)),
    boundIfSkippedWrong: skipped === 0 ? null : upperShare(wrong + skipped, reviewed + skipped),
    tighter: bound === null ? null : tighterThan(bound, wrong, reviewed),
    ...(await wrongRuns(workspaceId, input.agentId, window, agent.zone)),
  };
}

/**
 * One who says that a run was wrong is enough, so nobody else has to be waited for to know it. That a run was right is known
 * when all have said so. Until then the bound may be too high by this, never too low.
 */
const SETTLED = `q.state = 'done' OR q.correct IS FALSE`;

/** The versions that draw silent runs at the share or more, and how many silent runs there are of them and of all others. */
async function frameOf(
  workspaceId: string,
  agentId: string,
  window: DayRange,
  share: number,
): Promise<{ versionIds: string[]; silentRuns: number; leftOut: number }> {
  const rows = await readRollups(db(), { workspaceId, agentId, ...window }, ['version'], ['clean']);
  const frame = { versionIds: [] as string[], silentRuns: 0, leftOut: 0 };
  for (const { versionId, clean } of rows) {
    const terms = versionId === null ? null : reviewTerms((await contractVersion(versionId)).contract);
    if (versionId !== null && terms !== null && share > 0 && terms.silentShare >= share) {
      frame.versionIds.push(versionId);
      frame.silentRuns += clean;
    } else frame.leftOut += clean;
  }
  return frame;
}

async function factsOf(
  workspaceId: string,
  agentId: string,
  of: {
    window: DayRange;
    zone: string;
    frame: { versionIds: readonly string[] };
    share: number;
    now: Date;
  },
): Promise<Pick<Silence, 'reviewed' | 'wrong' | 'waiting' | 'overdue' | 'skipped'>> {
  const { rows } = await db().query<Pick<Silence, 'reviewed' | 'wrong' | 'waiting' | 'overdue' | 'skipped'>>(
    `SELECT count(*) FILTER (WHERE ${SETTLED}) AS reviewed,
            count(*) FILTER (WHERE q.correct IS FALSE) AS wrong,
            count(*) FILTER (WHERE NOT (${SETTLED})) AS waiting,
            count(*) FILTER (WHERE NOT (${SETTLED}) AND q.due_at < $7) AS overdue,
            count(*) FILTER (WHERE NOT (${SETTLED}) AND EXISTS (
              SELECT FROM run_review_skip s WHERE s.review_id = q.id)) AS skipped
       FROM run_review q JOIN run r ON r.id = q.run_id
      WHERE q.workspace_id = $1 AND q.agent_id = $2 AND r.agent_id = $2 AND q.because = 'silent' AND q.draw < $3
        AND q.share >= $3 AND r.contract_version_id = ANY($4::uuid[]) AND ${SILENT_RUN}
        AND (r.started_at AT TIME ZONE $8)::date BETWEEN $5::date AND $6::date`,
    [workspaceId, agentId, of.share, of.frame.versionIds, of.window.from, of.window.until, of.now, of.zone],
  );
  return rows[0] ?? { reviewed: 0, wrong: 0, waiting: 0, overdue: 0, skipped: 0 };
}

function tighterThan(bound: number, wrong: number, reviewed: number): Silence['tighter'] {
  const to = TARGETS.find((target) => target < bound * 0.95);
  if (to === undefined) return null;
  const reviews = reviewsFor(to, wrong);
  return reviews === null ? null : { to, more: reviews - reviewed };
}

async function wrongRuns(
  workspaceId: string,
  agentId: string,
  window: DayRange,
  zone: string,
): Promise<Pick<Silence, 'allWrong' | 'wrongRuns'>> {
  const { rows } = await db().query<{
    id: string;
    key: string;
    started_at: Date;
    notes: string[];
    all_wrong: number;
  }>(
    `SELECT r.id, r.key, r.started_at, count(*) OVER () AS all_wrong, array(
              SELECT g.note FROM run_rating g WHERE g.review_id = q.id AND g.criterion = '' AND NOT g.correct ORDER BY g.at
            ) AS notes
       FROM run_review q JOIN run r ON r.id = q.run_id
      WHERE q.workspace_id = $1 AND q.agent_id = $2 AND q.because = 'silent' AND q.correct IS FALSE
        AND ${SILENT_RUN} AND (r.started_at AT TIME ZONE $5)::date BETWEEN $3::date AND $4::date
      ORDER BY r.started_at DESC LIMIT 5`,
    [workspaceId, agentId, window.from, window.until, zone],
  );
  return {
    allWrong: rows[0]?.all_wrong ?? 0,
    wrongRuns: rows.map((row) => ({
      id: row.id,
      key: row.key,
      startedAt: row.started_at.toISOString(),
      notes: row.notes,
    })),
  };
}
