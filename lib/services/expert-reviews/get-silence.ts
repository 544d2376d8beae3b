import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { CONFIDENCE, reviewsFor, upperCount, upperShare } from '@/lib/scoring/silent-bound';
import type { DayRange } from '@/lib/services/rollups/window';
import {
  DRAWN_OF_FRAMES,
  type Frame,
  type FrameVersion,
  framesAsJson,
  PASSED_ON,
  readFrames,
  SETTLED,
  WRONG_OF_AGENTS,
} from './silence-frame';

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
  /** The versions these ran under. */
  versions: FrameVersion[];
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
  const [silence] = await readSilences(workspaceId, [input.agentId], now, input.days);
  if (silence === undefined) throw new AppError('not_found', 'There is no such agent in this workspace.');
  return silence;
}

/** The same of any number of agents at once, in the order asked for, without those that are not there. The caller has authorized it. */
export async function readSilences(
  workspaceId: string,
  agentIds: readonly string[],
  now: Date,
  days: number = SILENCE_DAYS,
): Promise<Silence[]> {
  const read = await readFrames(workspaceId, agentIds, now, days);
  if (read === null) return [];
  const { agents, frames, window, zone } = read;
  const [facts, wrongs] = await Promise.all([
    factsOf(workspaceId, frames, window, zone, now),
    wrongRuns(workspaceId, frames, window, zone),
  ]);
  return agents.map(({ id, name, displayName }, n): Silence => {
    const { share = null, silentRuns = 0, leftOut = 0, versions = [] } = frames[n] ?? {};
    const own = facts.get(id) ?? { reviewed: 0, wrong: 0, waiting: 0, overdue: 0, skipped: 0 };
    const { reviewed, wrong, skipped } = own;
    const bound = upperShare(wrong, reviewed);
    // Rollups and reviews are read one after the other: a run that came between must not make the set too small.
    const all = Math.max(silentRuns, reviewed);
    return {
      agent: { name, displayName },
      days,
      window,
      share: share === 0 ? null : share,
      silentRuns: all,
      leftOut,
      versions,
      ...own,
      confidence: CONFIDENCE,
      bound,
      atMostRuns: upperCount(wrong, reviewed, all),
      boundIfSkippedWrong: skipped === 0 ? null : upperShare(wrong + skipped, reviewed + skipped),
      tighter: bound === null ? null : tighterThan(bound, wrong, reviewed),
      ...(wrongs.get(id) ?? { allWrong: 0, wrongRuns: [] }),
    };
  });
}

type Facts = Pick<Silence, 'reviewed' | 'wrong' | 'waiting' | 'overdue' | 'skipped'>;

async function factsOf(
  workspaceId: string,
  frames: readonly Frame[],
  window: DayRange,
  zone: string,
  now: Date,
): Promise<Map<string, Facts>> {
  const drawing = framesAsJson(frames);
  if (drawing === null) return new Map();
  const { rows } = await db().query<Facts & { agent_id: string }>(
    `SELECT q.agent_id, count(*) FILTER (WHERE ${SETTLED}) AS reviewed,
            count(*) FILTER (WHERE q.correct IS FALSE) AS wrong,
            count(*) FILTER (WHERE NOT ${SETTLED}) AS waiting,
            count(*) FILTER (WHERE NOT ${SETTLED} AND q.due_at < $6) AS overdue,
            count(*) FILTER (WHERE NOT ${SETTLED} AND ${PASSED_ON}) AS skipped
       FROM ${DRAWN_OF_FRAMES}
      GROUP BY q.agent_id`,
    [workspaceId, window.from, window.until, zone, drawing, now],
  );
  return new Map(rows.map(({ agent_id, ...facts }) => [agent_id, facts]));
}

function tighterThan(bound: number, wrong: number, reviewed: number): Silence['tighter'] {
  const to = TARGETS.find((target) => target < bound * 0.95);
  if (to === undefined) return null;
  const reviews = reviewsFor(to, wrong);
  return reviews === null ? null : { to, more: reviews - reviewed };
}

type Wrong = Pick<Silence, 'allWrong' | 'wrongRuns'>;
const WRONG_SHOWN = 5;

async function wrongRuns(
  workspaceId: string,
  frames: readonly Frame[],
  window: DayRange,
  zone: string,
): Promise<Map<string, Wrong>> {
  const { rows } = await db().query<{
    agent_id: string;
    id: string;
    key: string;
    started_at: Date;
    notes: string[];
    all_wrong: number;
  }>(
    `SELECT w.agent_id, w.id, w.key, w.started_at, w.all_wrong, array(
              SELECT g.note FROM run_rating g WHERE g.review_id = w.review_id AND g.criterion = '' AND NOT g.correct ORDER BY g.at
            ) AS notes
       FROM (SELECT q.agent_id, q.id AS review_id, r.id, r.key, r.started_at, count(*) OVER (PARTITION BY q.agent_id) AS all_wrong,
                    row_number() OVER (PARTITION BY q.agent_id ORDER BY r.started_at DESC, r.id DESC) AS place
               FROM ${WRONG_OF_AGENTS}) w
      WHERE w.place <= ${WRONG_SHOWN} ORDER BY w.agent_id, w.place`,
    [workspaceId, window.from, window.until, zone, frames.map(({ agentId }) => agentId)],
  );
  const wrong = new Map<string, Wrong>();
  for (const row of rows) {
    const own = wrong.get(row.agent_id) ?? { allWrong: row.all_wrong, wrongRuns: [] };
    wrong.set(row.agent_id, own);
    const { id, key, started_at, notes } = row;
    own.wrongRuns.push({ id, key, startedAt: started_at.toISOString(), notes });
  }
  return wrong;
}
