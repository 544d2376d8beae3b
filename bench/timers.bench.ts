/**
 * How late escalation steps are: from the moment one is due until a plane has taken it and begins to page. graphile-worker, as
 * its documentation sets it up, beside it on the same due times in the same run: from due until the job's task begins. And from due until
 * whoever is behind the step has been told by every channel, in one committed transaction.
 */
import { Logger, run as runWorker } from 'graphile-worker';
import pino from 'pino';
import { withDatabase } from './support/database';
import type { Line } from './support/line';

const STEPS = 300;
const SPAN_MS = 15_000;
/** Before the first is due: planes learn of steps when they are planned. */
const LEAD_MS = 3000;
const PEOPLE = 120;
/** Steps due before those that are measured: a plane that has paged before is what is measured. */
const WARM_UP = 24;
const P99_GOAL_MS = 50;
/** From breach to page; a step has the same. */
const PAGED_GOAL_MS = 1000;
/** Which minute of the run each is due in: spread without a pattern, the same in every run. */
const DUE_MS = Array.from({ length: STEPS }, (_, index) => ((index * 7919) % STEPS) * (SPAN_MS / STEPS));

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const ours = await latenessOfSteps();
    const theirs = await latenessOfJobs();
    const { closeDb } = await import('@/lib/db/pool');
    const { closeListener } = await import('@/lib/db/listen');
    await closeListener();
    await closeDb();
    const p99 = percentile(ours.begun, 0.99);
    const paged = percentile(ours.paged, 0.99);
    const reference = percentile(theirs, 0.99);
    return [
      {
        what: `p99 from due to begun (median ${percentile(ours.begun, 0.5).toFixed(1)} ms, ${STEPS} steps in ${SPAN_MS / 1000} s)`,
        ours: p99,
        reference: P99_GOAL_MS,
        unit: 'ms',
        ratio: P99_GOAL_MS / p99,
        goal: 1,
      },
      {
        what: `p99 from due to begun beside graphile-worker's (its median ${Math.round(percentile(theirs, 0.5))} ms)`,
        ours: p99,
        reference,
        unit: 'ms',
        ratio: reference / p99,
        goal: 1,
      },
      {
        what: `p99 from due to paged (median ${percentile(ours.paged, 0.5).toFixed(1)} ms)`,
        ours: paged,
        reference: PAGED_GOAL_MS,
        unit: 'ms',
        ratio: PAGED_GOAL_MS / paged,
        goal: 1,
      },
    ];
  });
}

/** Incidents whose next step falls due in turn, kept by the timers of a plane. Milliseconds. */
async function latenessOfSteps(): Promise<{ begun: number[]; paged: number[] }> {
  const { startPageTimers, takeDue } = await import('@/runtime/pages/timers');
  const { notify } = await import('@/lib/db/notify');
  const { listening } = await import('@/lib/db/listen');
  const { db } = await import('@/lib/db/pool');
  const { aContract } = await import('@/lib/services/testing/a-contract');
  const { givenAgent, givenPerson, givenWorkspace } = await import('@/lib/services/testing/given');
  const { givenIncident, givenRun } = await import('@/lib/services/testing/given-run');
  const { newId } = await import('@/lib/db/id');

  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace, aContract());
  for (let n = 0; n < PEOPLE; n += 1)
    await givenPerson(workspace, ['operator'], { name: `Person ${n}`, email: `p${n}@example.com` });
  const incidents: string[] = [];
  for (let n = 0; n < WARM_UP + STEPS; n += 1) {
    const run = await givenRun(workspace, agent, { status: 'paused' });
    incidents.push((await givenIncident(workspace, agent, run)).id);
  }
  const due = new Map<string, number>();
  const begunAt = new Map<string, number>();
  const pagedAt = new Map<string, number>();
  const timers = startPageTimers(pino({ level: 'error' }), async (each) => {
    begunAt.set(each.id, Date.now());
    await takeDue(each);
    pagedAt.set(each.id, Date.now());
  });
  await listening();
  const start = Date.now() + LEAD_MS;
  for (const index of incidents.keys())
    due.set(newId(), start + (index < WARM_UP ? (index - WARM_UP) * 50 : (DUE_MS[index - WARM_UP] ?? 0)));
  const ids = [...due.keys()];
  await db().query(
    `INSERT INTO page (id, workspace_id, incident_id, round, step, kind, address, due_at)
     SELECT t.id, $5, t.incident, 1, 1, 'escalation', t.address, to_timestamp(t.due / 1000)
       FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[]) AS t(id, incident, address, due)`,
    [
      ids,
      incidents,
      ids.map((_, index) => `p${index % PEOPLE}@example.com`),
      [...due.values()],
      workspace.id,
    ],
  );
  await notify(db(), { workspaceId: workspace.id, topic: 'page', id: '' });
  await until(() => pagedAt.size === WARM_UP + STEPS);
  await timers.stop();
  const told = await db().query<{ count: number }>(
    'SELECT count(*) FROM page_recipient r JOIN page p ON p.id = r.page_id WHERE p.workspace_id = $1',
    [workspace.id],
  );
  if (told.rows[0]?.count !== WARM_UP + STEPS)
    throw new Error(`${told.rows[0]?.count} of ${WARM_UP + STEPS} steps paged somebody.`);
  const late = (at: ReadonlyMap<string, number>) =>
    ids.slice(WARM_UP).map((id) => (at.get(id) ?? Number.NaN) - (due.get(id) ?? Number.NaN));
  return { begun: late(begunAt), paged: late(pagedAt) };
}

/** Jobs that fall due at the same times. Milliseconds. */
async function latenessOfJobs(): Promise<number[]> {
  const late: number[] = [];
  const due: number[] = [];
  const runner = await runWorker({
    connectionString: process.env.DATABASE_URL ?? '',
    concurrency: 5,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    parsedCronItems: [],
    taskList: {
      page: (payload) => {
        late.push(Date.now() - (due[Number(payload)] ?? Number.NaN));
      },
    },
  });
  const start = Date.now() + LEAD_MS;
  await Promise.all(
    DUE_MS.map((at, index) => {
      due[index] = start + at;
      return runner.addJob('page', index, { runAt: new Date(start + at) });
    }),
  );
  await until(() => late.length === STEPS);
  await runner.stop();
  return late;
}

async function until(done: () => boolean): Promise<void> {
  const patience = Date.now() + LEAD_MS + SPAN_MS + 30_000;
  while (!done()) {
    if (Date.now() > patience) throw new Error('Not all were fired.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const measure = { name: 'timers', run };
