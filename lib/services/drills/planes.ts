import { hostname } from 'node:os';
import { z } from 'zod';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDateTime } from '@/lib/format';

/** A runtime plane that serves. */
export interface AlivePlane {
  id: string;
  name: string;
}

export const BEAT_MS = 2000;
/** A plane that was quiet for so long is taken for gone. */
export const QUIET_MS = 3 * BEAT_MS;

/** This process, as a plane. */
export const thisPlane = { id: newId(), name: `${hostname()} ${process.pid}` };

/** Says that this plane serves; again and again, since a plane that is killed says nothing. */
export async function beat(): Promise<void> {
  await db().query(
    `INSERT INTO runtime_plane (id, name, started_at, seen_at) VALUES ($1, $2, clock_timestamp(), clock_timestamp())
     ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()`,
    [thisPlane.id, thisPlane.name],
  );
}

/** Says that this plane serves no more, and forgets those that have been gone for a day. */
export async function leave(): Promise<void> {
  await db().query(
    `DELETE FROM runtime_plane WHERE id = $1 OR seen_at < clock_timestamp() - interval '1 day'`,
    [thisPlane.id],
  );
}

/** The planes that served within the last seconds, by the database's clock, each called so that people recognise it. */
export async function planesAlive(): Promise<AlivePlane[]> {
  const { rows } = await db().query<AlivePlane & { startedAt: Date }>(
    `SELECT id, name, started_at AS "startedAt" FROM runtime_plane
      WHERE seen_at > clock_timestamp() - make_interval(secs => $1) ORDER BY started_at, id`,
    [QUIET_MS / 1000],
  );
  return rows.map(({ id, name, startedAt }, index) => ({
    id,
    name: planeName({ name, startedAt, number: index + 1, of: rows.length, here: hostname() }),
  }));
}

/** The planes a drill tries. Throws `conflict` when none serves. */
export async function planesToTry(): Promise<AlivePlane[]> {
  const planes = await planesAlive();
  if (planes.length === 0)
    throw new AppError(
      'conflict',
      'No runtime plane is running, so there is nothing to try. Start one, then drill.',
    );
  return planes;
}

/** "this machine, plane 2 of 2, since 21 Nov 2026, 10:02 UTC"; of another machine its name instead. */
export function planeName(plane: {
  /** As the plane calls itself: its host, and the number of its process. */
  name: string;
  startedAt: Date;
  /** From 1, the one that has served longest first. */
  number: number;
  of: number;
  /** The host that asks. */
  here: string;
}): string {
  const host = plane.name.replace(/ \d+$/, '');
  const where = host === plane.here ? 'this machine' : host;
  const which = plane.of === 1 ? 'the only plane' : `plane ${plane.number} of ${plane.of}`;
  return `${where}, ${which}, since ${formatDateTime(plane.startedAt.getTime(), 'UTC', 'minute')}`;
}

/** An answer of a plane to a probe call, which nobody made. */
export const probeSchema = z.object({
  tool: z.string(),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  /** Whether the kill switch is among what decided. */
  byKillSwitch: z.boolean(),
});

export const reportSchema = z.object({
  planeId: z.string(),
  step: z.string(),
  at: z.date(),
  detail: z.object({ probes: z.array(probeSchema).optional(), version: z.int().optional() }),
});
export type PlaneReport = z.output<typeof reportSchema>;

/** Writes down what this plane found. The first report of a step counts. */
export async function report(subjectId: string, step: string, detail: PlaneReport['detail']): Promise<void> {
  await db().query(
    `INSERT INTO plane_report (subject_id, plane_id, step, at, detail) VALUES ($1, $2, $3, clock_timestamp(), $4)
     ON CONFLICT DO NOTHING`,
    [subjectId, thisPlane.id, step, JSON.stringify(detail)],
  );
}

/** What planes have said of a kill switch or a drill. */
export async function reportsOf(subjectId: string): Promise<PlaneReport[]> {
  const { rows } = await db().query(
    'SELECT plane_id AS "planeId", step, at, detail FROM plane_report WHERE subject_id = $1 ORDER BY at',
    [subjectId],
  );
  return z.array(reportSchema).parse(rows);
}

const POLL_MS = 20;

/** Those of `planes` that have not said good-bye since: one that was stopped in peace owes no report, one that died does. */
export async function stayed(planes: readonly AlivePlane[]): Promise<AlivePlane[]> {
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM runtime_plane WHERE id = ANY($1::uuid[])',
    [planes.map((plane) => plane.id)],
  );
  return planes.filter((plane) => rows.some((row) => row.id === plane.id));
}

/** Waits until every one of `planes` that stays has reported the step, at most `withinMs`. Answers what was reported by then. */
export async function awaitReports(
  subjectId: string,
  step: string,
  planes: readonly AlivePlane[],
  withinMs: number,
): Promise<PlaneReport[]> {
  const until = Date.now() + withinMs;
  for (;;) {
    const reports = (await reportsOf(subjectId)).filter((each) => each.step === step);
    const owing = planes.filter((plane) => !reports.some((each) => each.planeId === plane.id));
    if (owing.length === 0 || Date.now() >= until || (await stayed(owing)).length === 0) return reports;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
