import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BANDS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { foldWords } from '@/lib/services/rollups/fold-rollups';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { listRuns } from './list-runs';
import {
  LANE_NAMES,
  RUN_SORTS,
  RUN_STATUSES,
  type RunFilters,
  runFilterSchema,
  runPageSchema,
} from './run-filters';

const given = fc.record({
  second: fc.boolean(),
  day: fc.integer({ min: 1, max: 4 }),
  band: fc.constantFrom(...BANDS),
  lane: fc.constantFrom(...LANE_NAMES),
  status: fc.constantFrom(...RUN_STATUSES),
  risk: fc.constantFrom(0, 0.1, 7),
  score: fc.constantFrom(null, 50, 90.1),
  costUsd: fc.constantFrom(0, 0.1 + 0.2),
  durationMs: fc.constantFrom(0, 5, 90_000),
  spanCount: fc.constantFrom(0, 1, 1),
  breachCount: fc.constantFrom(0, 0, 2),
  unpricedCalls: fc.constantFrom(0, 0, 1),
  unknownTools: fc.constantFrom<string[]>([], [], ['shell.exec']),
  inIncident: fc.boolean(),
  tool: fc.constantFrom('orders.read', 'refunds.pay'),
});
// What only asked for decisions has no score, no breach of a call and no cost.
const spec = given.map((run) =>
  run.spanCount > 0 ? run : { ...run, score: null, breachCount: 0, unpricedCalls: 0 },
);
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

const chosen = fc.record(
  {
    agent: fc.constantFrom('refund-desk', 'other-desk', 'nobody'),
    unit: fc.constantFrom('Elsewhere', '-'),
    status: fc.constantFrom('paused', 'paused,running', 'finished', 'finished,stopped'),
    band: fc.constantFrom('low', 'critical', 'high,critical', 'low,medium'),
    lane: fc.constantFrom('allow', 'block', 'block,escalate'),
    breached: fc.constant('1'),
    incident: fc.constant('1'),
    silent: fc.constant('1'),
    clean: fc.constant('1'),
    scored: fc.constant('1'),
    version: fc.constantFrom('1', '2'),
    tool: fc.constantFrom('orders.read', 'refunds.pay'),
    unknownTools: fc.constant('1'),
    unpriced: fc.constant('1'),
    askedOnly: fc.constant('1'),
    from: fc.constantFrom('2026-11-02', '2026-11-03T10:00:00.000001Z'),
    to: fc.constantFrom('2026-11-03', '2026-11-03T10:00:00Z'),
    q: fc.constantFrom('odd', 'run', 'refunds odd'),
  },
  { requiredKeys: [] },
);
// Few filters at once leave runs to be found.
const filters = fc
  .tuple(
    chosen,
    fc.shuffledSubarray(
      [
        'agent',
        'unit',
        'status',
        'band',
        'lane',
        'breached',
        'incident',
        'silent',
        'clean',
        'scored',
        'version',
        'tool',
        'unknownTools',
        'unpriced',
        'askedOnly',
        'from',
        'to',
        'q',
      ],
      { maxLength: 3 },
    ),
  )
  .map(([all, kept]) =>
    runFilterSchema.parse(Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name)))),
  );

/** As one would tell from the runs themselves. The workspace's days are UTC's. */
function fits(run: Spec, index: number, f: RunFilters): boolean {
  const at = startOf(run);
  const desk = run.second ? 'other-desk' : 'refund-desk';
  const has = <T>(among: readonly T[], one: T) => among.length === 0 || among.includes(one);
  return (
    (f.agent === '' || f.agent === desk) &&
    (f.unit === '' || (run.second && f.unit === 'Elsewhere')) &&
    has<string>(f.status, run.status) &&
    has<string>(f.band, run.band) &&
    (f.band.length === 0 || run.spanCount > 0) &&
    has<string>(f.lane, run.lane) &&
    (!f.breached || run.breachCount > 0) &&
    (!f.incident || run.inIncident) &&
    (!f.silent || (run.spanCount > 0 && !run.inIncident)) &&
    (!f.clean ||
      (run.spanCount > 0 && run.breachCount === 0 && (run.lane === 'allow' || run.lane === 'degrade'))) &&
    (!f.scored || run.score !== null) &&
    (f.version === '' || f.version === '1') &&
    (f.tool === '' || f.tool === run.tool) &&
    (!f.unknownTools || run.unknownTools.length > 0) &&
    (!f.unpriced || run.unpricedCalls > 0) &&
    (!f.askedOnly || run.spanCount === 0) &&
    (f.from === '' || at >= (f.from.includes('T') ? f.from : `${f.from}T00`)) &&
    (f.to === '' || (f.to.includes('T') ? at < '2026-11-03T10:00:00.000000Z' : run.day <= 3)) &&
    f.q
      .split(' ')
      .every((word) => `${keyOf(index)} ${run.tool}`.split(/[-. ]/).some((one) => one.startsWith(word)))
  );
}
const startOf = (run: Spec) => `2026-11-0${run.day}T10:00:00.00000${run.risk > 0 ? 1 : 0}Z`;
const keyOf = (index: number) => (index % 3 === 0 ? `odd-${index}` : `run-${index}`);

test('every filter in every order gives exactly the runs that fit, page by page and back, however little a page may look through', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(spec, { minLength: 4, maxLength: 14 }),
      fc.array(fc.tuple(filters, fc.constantFrom(...RUN_SORTS), fc.constantFrom('asc', 'desc')), {
        minLength: 3,
        maxLength: 3,
      }),
      fc.constantFrom({ near: 1, far: 3, lookedAt: 2 }, { near: 3, far: 8, lookedAt: 4 }, undefined),
      fc.boolean(),
      async (specs, asked, bounds, folded) => {
        const workspace = await givenWorkspace({ timeZone: 'UTC' });
        const desk = await givenAgent(workspace);
        const { identity } = aContract();
        const other = await givenAgent(
          workspace,
          aContract({
            identity: { ...identity, agent: 'other-desk', name: 'Other', businessUnit: 'Elsewhere' },
          }),
        );
        const ids: string[] = [];
        for (const [index, { second, day: _, inIncident, tool, ...rest }] of specs.entries()) {
          const run = await givenRun(workspace, second ? other : desk, {
            ...rest,
            key: keyOf(index),
            startedAt: startOf(specs[index] ?? fail()),
            callsByTool: { [tool]: 1 },
          });
          if (inIncident) await db().query('UPDATE run SET in_incident = true WHERE id = $1', [run.id]);
          ids.push(run.id);
        }
        if (folded) await foldWords();
        for (const [sought, sort, order] of asked) {
          const expected = await db().query<{ id: string }>(
            `SELECT id FROM run WHERE id = ANY($1) ORDER BY ${
              {
                started: 'started_at',
                risk: 'risk',
                score: 'coalesce(score, -1)',
                cost: 'cost_usd',
                duration: 'ended_at - started_at',
              }[sort]
            } ${order}, id ${order}`,
            [ids.filter((_, index) => fits(specs[index] ?? fail(), index, sought))],
          );
          const turn = (mark: Record<string, string>) =>
            listRuns(
              workspace.system,
              sought,
              runPageSchema.parse({ sort, order, limit: '3', ...mark }),
              bounds === undefined ? {} : { bounds },
            );
          let page = await turn({});
          const met: string[] = [];
          for (;;) {
            met.push(...page.rows.map((row) => row.id));
            expect(
              page.exact ? page.count === expected.rows.length : page.count <= expected.rows.length,
            ).toBe(true);
            expect(met.length).toBeLessThanOrEqual(ids.length);
            if (page.next === null) break;
            page = await turn({ after: page.next });
          }
          expect(met).toEqual(expected.rows.map((row) => row.id));
          // And back, from the last page that has a run.
          let [back, end] = [page, met.length - page.rows.length];
          while (back.previous !== null) {
            back = await turn({ before: back.previous });
            const found = back.rows.map((row) => row.id);
            expect(found).toEqual(met.slice(end - found.length, end));
            end -= found.length;
          }
          if (page.rows.length > 0) expect(end).toBe(0);
        }
      },
    ),
    { numRuns: Number(process.env.LIST_RUNS ?? 8), endOnFailure: true },
  );
}, 120_000);

function fail(): never {
  throw new Error('There is no such run.');
}
