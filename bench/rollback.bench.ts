/**
 * From a rollback's commit to the last answer that still names the version gone back from, on two runtime planes that are
 * both asked for decisions of new runs all the time. Beside it, in the same run, what planes that look each second which
 * version is in force would take to see it.
 */
import { withDatabase } from './support/database';
import type { Line } from './support/line';
import { start } from './support/process';

const ROLLBACKS = 25;
/** Askers of each plane, each with one question under way. */
const ASKERS = 6;
const WARM_UP_MS = 2000;
/** After a rollback answers are watched for so long; what has not shown by then is counted as that. */
const WATCH_MS = 1100;
const POLL_MS = 1000;
const PROMISED_MS = 1000;

interface Answer {
  plane: number;
  version: number;
  /** When it arrived, epoch ms: later than when the plane decided it. */
  at: number;
}

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const { aContract } = await import('@/lib/services/testing/a-contract');
    const { givenAgent, givenKey, givenPerson, givenVersion, givenWorkspace } = await import(
      '@/lib/services/testing/given'
    );
    const { givenIncident, givenRun } = await import('@/lib/services/testing/given-run');
    const { rollBack } = await import('@/lib/services/incidents/roll-back');
    const { reverseRollback } = await import('@/lib/services/rollbacks/reverse-rollback');
    const { getRollbacks } = await import('@/lib/services/rollbacks/get-rollbacks');
    const { closeDb, db } = await import('@/lib/db/pool');

    const workspace = await givenWorkspace();
    const operator = await givenPerson(workspace, ['operator']);
    const agent = await givenAgent(workspace, aContract({ versioning: { contract: '1.0' } }));
    await givenRun(workspace, agent);
    const second = await givenVersion(workspace, agent, aContract({ versioning: { contract: '1.1' } }));
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, second.id]);
    const bad = await givenRun(workspace, { id: agent.id, version: second }, { status: 'paused' });
    const { number } = await givenIncident(workspace, agent, bad);
    const { secret: key } = await givenKey(workspace, ['decide'], agent);
    // One after the other: each writes the bundle that it starts.
    const planes = [await start('plane.ts'), await start('plane.ts')];

    const answers: Answer[] = [];
    let asked = 0;
    let stopping = false;
    const ask = async (plane: number, url: string) => {
      while (!stopping) {
        asked += 1;
        const response = await fetch(`${url}/v1/runs/bench-${asked}/decisions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({ tool: 'orders.get', arguments: { orderId: `A${asked}` } }),
        });
        const body: unknown = await response.json();
        if (!response.ok) throw new Error(`A plane answered ${response.status}: ${JSON.stringify(body)}`);
        answers.push({ plane, version: versionOf(body), at: Date.now() });
      }
    };
    // What looks each second sees: the version and when it was read.
    const seen: Answer[] = [];
    const inForce = async (plane: number) => {
      const { rows } = await db().query<{ number: number }>(
        'SELECT v.number FROM agent a JOIN contract_version v ON v.id = a.contract_version_id WHERE a.id = $1',
        [agent.id],
      );
      seen.push({ plane, version: rows[0]?.number ?? 0, at: Date.now() });
    };
    const polls = planes.map((_, plane) =>
      setInterval(() => void inForce(plane).catch(() => {}), POLL_MS + plane * 7),
    );
    const began = Date.now();
    const load = planes.flatMap(({ url }, plane) => Array.from({ length: ASKERS }, () => ask(plane, url)));
    const failed = Promise.all(load);
    failed.catch(() => {});
    try {
      await sleep(WARM_UP_MS);
      const ours: number[] = [];
      const reference: number[] = [];
      for (let i = 0; i < ROLLBACKS; i += 1) {
        // Now and then a little later, so that the looks each second are met at any point.
        await sleep(Math.round((i * 137) % 400));
        answers.length = 0;
        seen.length = 0;
        await rollBack(operator, { number, to: 1, reason: 'Measured.' });
        const rollback = (await getRollbacks(operator, number))?.rollbacks[0];
        if (rollback === undefined) throw new Error('There is no rollback.');
        // Written before the commit: nothing is taken off.
        const at = Date.parse(rollback.at);
        await sleep(WATCH_MS);
        for (const plane of planes.keys()) {
          const here = answers.filter((answer) => answer.plane === plane && answer.at >= at);
          if (!here.some((answer) => answer.version === 1)) throw new Error('A plane did not go back.');
          const old = here.filter((answer) => answer.version === 2);
          ours.push(Math.max(0, ...old.map((answer) => answer.at - at)));
          const look = seen.find((one) => one.plane === plane && one.version === 1);
          reference.push(Math.min(WATCH_MS, (look?.at ?? at + WATCH_MS) - at));
        }
        await reverseRollback(operator, { rollbackId: rollback.id, reason: 'Measured.' });
        await sleep(200);
      }
      const perSecond = asked / ((Date.now() - began) / 1000);
      const p99 = percentile(ours, 0.99);
      const polled = percentile(reference, 0.99);
      const what = `p99 from a rollback's commit to the last answer by the old version, two planes (median ${Math.round(percentile(ours, 0.5))} ms, ${ROLLBACKS} rollbacks, ${Math.round(perSecond)} new runs/s beside)`;
      return [
        {
          what,
          ours: p99,
          reference: PROMISED_MS,
          unit: 'ms',
          // Over 1 when it is quicker than it must be.
          ratio: PROMISED_MS / Math.max(1, p99),
          goal: 1,
        },
        {
          what: `the same, against planes that look each second (their median ${Math.round(percentile(reference, 0.5))} ms)`,
          ours: p99,
          reference: polled,
          unit: 'ms',
          ratio: polled / Math.max(1, p99),
          goal: 2,
        },
      ];
    } finally {
      stopping = true;
      for (const poll of polls) clearInterval(poll);
      await failed.catch((error: unknown) => console.error(error));
      for (const plane of planes) await plane.stop();
      await closeDb();
    }
  });
}

function versionOf(body: unknown): number {
  if (typeof body !== 'object' || body === null || !('contract' in body)) return 0;
  const { contract } = body;
  return typeof contract === 'object' &&
    contract !== null &&
    'version' in contract &&
    typeof contract.version === 'number'
    ? contract.version
    : 0;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export const measure = { name: 'rollback', run };
