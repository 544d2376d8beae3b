import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { findAgent } from '@/lib/services/agents/find-agent';
import type { DayRange } from '@/lib/services/rollups/window';
import { SILENCE_DAYS } from './get-silence';
import {
  DRAWN_OF_FRAMES,
  framesAsJson,
  PASSED_ON,
  readFrames,
  SETTLED,
  WRONG_OF_AGENTS,
} from './silence-frame';

/** The figures of `Silence` that are counts of reviewed runs, and what each of their runs meets. */
const CONDITIONS = {
  reviewed: SETTLED,
  wrong: 'q.correct IS FALSE',
  waiting: `NOT ${SETTLED}`,
  overdue: `NOT ${SETTLED} AND q.due_at < $6`,
  skipped: `NOT ${SETTLED} AND ${PASSED_ON}`,
} as const;
/** `all-wrong`: wrong ones that the bound does not speak of too. */
export const DRAWN_SETS = ['reviewed', 'wrong', 'waiting', 'overdue', 'skipped', 'all-wrong'] as const;
export type DrawnSet = (typeof DRAWN_SETS)[number];

export const drawnRunsSchema = z.object({
  /** Anything else is all that were reviewed. */
  of: z.enum(DRAWN_SETS).catch('reviewed').default('reviewed'),
  page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
});

/** A silent run that was drawn by lot for review. */
export interface DrawnRun {
  id: string;
  key: string;
  startedAt: string;
  drawnAt: string;
  dueAt: string;
  /** Null: not settled yet. */
  correct: boolean | null;
  overdue: boolean;
  passedOn: boolean;
}

export interface DrawnRuns {
  agent: { name: string; displayName: string };
  of: DrawnSet;
  page: number;
  pages: number;
  /** All of the set, whichever page is shown. */
  total: number;
  /** The newest first. */
  runs: DrawnRun[];
  days: number;
  window: DayRange;
}

const A_PAGE = 100;

/** The very runs that a figure of an agent's silence counts (`getSilence`). Throws `not_found`. */
export async function listDrawnRuns(
  actor: Actor,
  input: { agent: string } & z.output<typeof drawnRunsSchema>,
  now: Date,
): Promise<DrawnRuns> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const { of, page } = input;
  const read = await readFrames(workspaceId, [agent.id], now, SILENCE_DAYS);
  const [frame] = read?.frames ?? [];
  if (read === null || frame === undefined) throw new Error(`Agent ${agent.id} has no frame.`);
  const { window, zone } = read;
  const among = of === 'all-wrong' ? [agent.id] : framesAsJson([frame]);
  const { rows } =
    among === null
      ? { rows: [] }
      : await db().query<{
          id: string;
          key: string;
          started_at: Date;
          drawn_at: Date;
          due_at: Date;
          correct: boolean | null;
          overdue: boolean;
          passed_on: boolean;
          total: number;
        }>(
          `SELECT r.id, r.key, r.started_at, q.drawn_at, q.due_at, count(*) OVER () AS total,
                  CASE WHEN ${SETTLED} THEN coalesce(q.correct, true) END AS correct,
                  NOT ${SETTLED} AND q.due_at < $6::timestamptz AS overdue, NOT ${SETTLED} AND ${PASSED_ON} AS passed_on
             FROM ${of === 'all-wrong' ? WRONG_OF_AGENTS : `${DRAWN_OF_FRAMES} AND ${CONDITIONS[of]}`}
            ORDER BY r.started_at DESC, r.id DESC LIMIT ${A_PAGE} OFFSET $7`,
          [workspaceId, window.from, window.until, zone, among, now, (page - 1) * A_PAGE],
        );
  const total = rows[0]?.total ?? 0;
  return {
    agent: { name: agent.name, displayName: agent.displayName },
    of,
    page,
    pages: Math.max(1, Math.ceil(total / A_PAGE)),
    total,
    runs: rows.map((row) => ({
      id: row.id,
      key: row.key,
      startedAt: row.started_at.toISOString(),
      drawnAt: row.drawn_at.toISOString(),
      dueAt: row.due_at.toISOString(),
      correct: row.correct,
      overdue: row.overdue,
      passedOn: row.passed_on,
    })),
    days: SILENCE_DAYS,
    window,
  };
}
