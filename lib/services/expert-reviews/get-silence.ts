import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { reviewTerms } from '@/lib/contract/terms';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { CONFIDENCE, reviewsFor, upperCount, upperShare } from '@/lib/scoring/silent-bound';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
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
  const found = await db().query<{
    id: string;
    name: string;
    display_name: string;
    zone: string;
    version_id: string | null;
  }>(
    `SELECT a.id, a.name, a.display_name, w.time_zone AS zone, coalesce(a.contract_version_id,
              (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL
                ORDER BY number DESC LIMIT 1)) AS version_id
       FROM agent a JOIN workspace w ON w.id = a.workspace_id WHERE a.workspace_id = $1 AND a.id = ANY($2::uuid[])
      ORDER BY array_position($2::uuid[], a.id)`,
    [workspaceId, agentIds],
  );
  const [first] = found.rows;
  if (first === undefined) return [];
  const { zone } = first;
  const window = daysBack(zone, now, days);
  const sums = await readRollups(
    db(),
    { workspaceId, agentIds: found.rows.map(({ id }) => id), ...window },
    ['agent', 'version'],
    ['clean'],
  );
  const frames: Frame[] = [];
  for (const { id, version_id } of found.rows) {
    const terms = version_id === null ? null : reviewTerms((await contractVersion(version_id)).contract);
    const own = sums.filter(({ agentId }) => agentId === id);
    frames.push(await frameOf(id, terms?.silentShare ?? null, own));
  }
  const [facts, wrongs] = await Promise.all([
    factsOf(workspaceId, frames, window, zone, now),
    wrongRuns(workspaceId, frames, window, zone),
  ]);
  return found.rows.map(({ id, name, display_name }, n): Silence => {
    const { share = null, silentRuns = 0, leftOut = 0 } = frames[n] ?? {};
    const own = facts.get(id) ?? { reviewed: 0, wrong: 0, waiting: 0, overdue: 0, skipped: 0 };
    const { reviewed, wrong, skipped } = own;
    const bound = upperShare(wrong, reviewed);
    // Rollups and reviews are read one after the other: a run that came between must not make the set too small.
    const all = Math.max(silentRuns, reviewed);
    return {
      agent: { name, displayName: display_name },
      days,
      window,
      share: share === 0 ? null : share,
      silentRuns: all,
      leftOut,
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

/**
 * One who says that a run was wrong is enough, so nobody else has to be waited for to know it. That a run was right is known
 * when all have said so. Until then the bound may be too high by this, never too low.
 */
const SETTLED = `q.state = 'done' OR q.correct IS FALSE`;

/** The versions of an agent that draw silent runs at the share or more, and how many silent runs there are of them and of all others. */
interface Frame {
  agentId: string;
  /** Of the version in force; null: there is none, or it has no run reviewed. */
  share: number | null;
  versionIds: string[];
  silentRuns: number;
  leftOut: number;
}

async function frameOf(
  agentId: string,
  share: number | null,
  sums: readonly { versionId: string | null; clean: number }[],
): Promise<Frame> {
  const frame: Frame = { agentId, share, versionIds: [], silentRuns: 0, leftOut: 0 };
  for (const { versionId, clean } of sums) {
    const terms = versionId === null ? null : reviewTerms((await contractVersion(versionId)).contract);
    if (versionId !== null && terms !== null && (share ?? 0) > 0 && terms.silentShare >= (share ?? 0)) {
      frame.versionIds.push(versionId);
      frame.silentRuns += clean;
    } else frame.leftOut += clean;
  }
  return frame;
}

/**
 * Reviews `q` of runs `r` that began in the window: days $2 to $3 in zone $4. None is drawn before its run is heard of, and no run
 * is taken to begin over a day after that (lib/telemetry), so older reviews need not be read.
 */
const OF_WINDOW = `q.drawn_at >= $2::date::timestamp AT TIME ZONE $4 - interval '2 days'
  AND (r.started_at AT TIME ZONE $4)::date BETWEEN $2::date AND $3::date`;

type Facts = Pick<Silence, 'reviewed' | 'wrong' | 'waiting' | 'overdue' | 'skipped'>;

async function factsOf(
  workspaceId: string,
  frames: readonly Frame[],
  window: DayRange,
  zone: string,
  now: Date,
): Promise<Map<string, Facts>> {
  const drawing = frames.flatMap(({ agentId, share, versionIds }) =>
    versionIds.map((version) => ({ agent: agentId, share, version })),
  );
  if (drawing.length === 0) return new Map();
  const { rows } = await db().query<Facts & { agent_id: string }>(
    `SELECT q.agent_id, count(*) FILTER (WHERE ${SETTLED}) AS reviewed,
            count(*) FILTER (WHERE q.correct IS FALSE) AS wrong,
            count(*) FILTER (WHERE NOT (${SETTLED})) AS waiting,
            count(*) FILTER (WHERE NOT (${SETTLED}) AND q.due_at < $6) AS overdue,
            count(*) FILTER (WHERE NOT (${SETTLED}) AND EXISTS (
              SELECT FROM run_review_skip s WHERE s.review_id = q.id)) AS skipped
       FROM (SELECT agent, share, array_agg(version) AS versions
               FROM json_to_recordset($5::json) AS d(agent uuid, share float8, version uuid) GROUP BY agent, share) f
       JOIN run_review q ON q.agent_id = f.agent JOIN run r ON r.id = q.run_id
      WHERE q.workspace_id = $1 AND r.agent_id = f.agent AND q.because = 'silent' AND q.draw < f.share
        AND q.share >= f.share AND r.contract_version_id = ANY(f.versions) AND ${SILENT_RUN} AND ${OF_WINDOW}
      GROUP BY q.agent_id`,
    [workspaceId, window.from, window.until, zone, JSON.stringify(drawing), now],
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
               FROM run_review q JOIN run r ON r.id = q.run_id
              WHERE q.workspace_id = $1 AND q.agent_id = ANY($5::uuid[]) AND q.because = 'silent' AND q.correct IS FALSE
                AND ${SILENT_RUN} AND ${OF_WINDOW}) w
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
