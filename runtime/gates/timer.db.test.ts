import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { db } from '@/lib/db/pool';
import { getReview } from '@/lib/services/gates/get-review';
import { listReviews } from '@/lib/services/gates/list-reviews';
import { openReview } from '@/lib/services/gates/open-review';
import { givenAllEvidence, signAs } from '@/lib/services/gates/testing/given-gates';
import { type About, AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import type { Repeated } from '../repeat';
import { startGateTimer } from './timer';

const DAY = 86_400_000;
let desk: Desk;
let first: About;
let now: number;
let timer: Repeated | undefined;
const log = { warn: vi.fn(), error: vi.fn() };

beforeEach(async () => {
  desk = await givenDesk();
  first = await desk.submit();
  now = Date.now();
});
afterEach(async () => {
  await timer?.stop();
  timer = undefined;
});

/** A plane's timer, by a clock that the test sets forward. */
function start(): void {
  timer = startGateTimer(log, { everyMs: 20, clock: () => new Date(now) });
}
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 10_000, interval: 50 });
const reminded = async (personId: string) =>
  (await db().query("SELECT FROM notification WHERE person_id = $1 AND kind = 'gate.reminder'", [personId]))
    .rowCount;

test('people are reminded after two days, and the review expires when its time is over', async () => {
  const { team } = desk;
  await givenAllEvidence(desk.workspace, { ...first, versionId: null }, 'G1');
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  await signAs(team['head-of-ai'], id, 'head-of-ai');
  start();
  now += 3 * DAY;
  await soon(() => reminded(team.sponsor.personId)).toBe(1);
  // Looked at many times since, and reminded once.
  await new Promise((done) => setTimeout(done, 300));
  expect(await reminded(team.sponsor.personId)).toBe(1);
  expect(await reminded(team['head-of-ai'].personId)).toBe(0);
  now += 28 * DAY;
  await soon(async () => (await getReview(team.sponsor, id)).state).toBe('expired');
});

test('an attestation is opened two weeks before it is due, by one of several planes', async () => {
  const { team } = desk;
  await desk.walk(first, 'G1', 'G2', 'G3', 'G4', 'G5');
  start();
  const second = startGateTimer(log, { everyMs: 20, clock: () => new Date(now) });
  try {
    now += 75 * DAY;
    await new Promise((done) => setTimeout(done, 300));
    expect(await listReviews(team.operator, { state: 'open' })).toEqual([]);
    now += 2 * DAY;
    await soon(async () => (await listReviews(team.operator, { state: 'open' })).length).toBe(1);
    await new Promise((done) => setTimeout(done, 300));
    expect(await listReviews(team.operator, { state: 'open' })).toMatchObject([
      { gate: 'G6', openedBy: null },
    ]);
  } finally {
    await second.stop();
  }
});

test('a look that fails is told and the next is taken', async () => {
  const { team } = desk;
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  log.error.mockClear();
  let broken = true;
  timer = startGateTimer(log, {
    everyMs: 20,
    clock: () => {
      if (broken) throw new Error('no clock');
      return new Date(now + 31 * DAY);
    },
  });
  await soon(async () => log.error.mock.calls.length > 1).toBe(true);
  broken = false;
  await soon(async () => (await getReview(team.sponsor, id)).state).toBe('expired');
});
