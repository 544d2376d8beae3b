import { beforeAll, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenAgent, givenWorkspace } from '@/lib/services/testing/given';
import { type GivenRun, givenRun } from '@/lib/services/testing/given-run';
import { listRunChanges } from './list-run-changes';
import { listRuns } from './list-runs';
import { RUN_SORTS, runFilterSchema, runPageSchema } from './run-filters';

const filters = (over: Record<string, string> = {}) => runFilterSchema.parse(over);
const BEFORE = '2026-11-01T10:00:00Z';
const SINCE = new Date('2026-11-01T11:00:00Z');
const AFTER = '2026-11-01T12:00:00Z';

describe('what changed under a list of runs', () => {
  let workspace: Awaited<ReturnType<typeof givenWorkspace>>;
  let agent: Awaited<ReturnType<typeof givenAgent>>;
  beforeAll(async () => {
    workspace = await givenWorkspace();
    agent = await givenAgent(workspace);
  });
  const given = (n: number, over: Parameters<typeof givenRun>[2]) =>
    givenRun(workspace, agent, { startedAt: `2026-10-${10 + n}T10:00:00Z`, receivedAt: BEFORE, ...over });

  test('is looked for among the latest that arrived, however many did', async () => {
    const busy = await givenWorkspace();
    const desk = await givenAgent(busy);
    for (let n = 0; n < 5; n += 1)
      await givenRun(busy, desk, { receivedAt: `2026-11-01T12:00:0${n}Z`, lane: n < 2 ? 'block' : 'allow' });
    const news = (over: Record<string, string>, latest: number) =>
      listRunChanges(busy.system, filters(over), SINCE, [], undefined, { latest });
    expect(await news({}, 3)).toMatchObject({ newRuns: 3, exact: false });
    expect(await news({ lane: 'allow' }, 4)).toMatchObject({ newRuns: 3, exact: false });
    // Too far back to be looked into.
    expect(await news({ lane: 'block' }, 3)).toMatchObject({ newRuns: 0, exact: false });
    expect(await news({ lane: 'block' }, 5)).toMatchObject({ newRuns: 2, exact: true });
  });

  test.each(RUN_SORTS.flatMap((sort) => (['asc', 'desc'] as const).map((order) => [sort, order] as const)))(
    'sorted by %s, %s: what comes to fit on the first page is counted once, what stands after it is not',
    async (sort, order) => {
      const of = (n: number) => ({ risk: n, score: 10 * n, costUsd: n / 10, durationMs: 1000 * n });
      const q = `${sort}${order}`;
      const runs: GivenRun[] = [];
      for (let n = 1; n <= 8; n += 1)
        runs.push(await given(n, { key: `${q}-${n}`, ...of(n), lane: n % 2 === 0 ? 'block' : 'allow' }));
      const bounds = { near: 50, far: 500, lookedAt: 500 };
      const sought = filters({ lane: 'block', q });
      const page = runPageSchema.parse({ sort, order, limit: '2' });
      const first = await listRuns(workspace.system, sought, page, { bounds });
      const ids = first.rows.map(({ id }) => id);
      const end = first.next ?? '';
      const count = async () =>
        (await listRunChanges(workspace.system, sought, SINCE, ids, { sort, order, end }, { bounds }))
          .newRuns;
      expect(await count()).toBe(0);
      // On the first page between those on screen, and one after it.
      const [within, beyond] = order === 'asc' ? [3, 5] : [7, 3];
      const block = async (n: number) =>
        db().query(`UPDATE run SET lane = 'block' WHERE id = $1`, [runs[n - 1]?.id]);
      await block(beyond);
      expect(await count()).toBe(0);
      await block(within);
      expect(await count()).toBe(1);
      // One that arrived counts wherever it stands, and once.
      await db().query(`UPDATE run SET received_at = $2 WHERE id = $1`, [runs[within - 1]?.id, AFTER]);
      expect(await count()).toBe(1);
      await db().query(`UPDATE run SET received_at = $2 WHERE id = $1`, [runs[beyond - 1]?.id, AFTER]);
      expect(await count()).toBe(2);
    },
  );

  test('of a list that shows all that fit, every further one is counted, up to five hundred', async () => {
    const storm = await givenWorkspace();
    const desk = await givenAgent(storm);
    const shown = await givenRun(storm, desk, { lane: 'block', receivedAt: BEFORE });
    await givenRun(storm, desk, { lane: 'allow', receivedAt: BEFORE });
    const news = () =>
      listRunChanges(storm.system, filters({ lane: 'block' }), SINCE, [shown.id], {
        sort: 'started',
        order: 'desc',
        end: '',
      });
    expect(await news()).toMatchObject({ newRuns: 0, exact: true });
    await db().query(`UPDATE run SET lane = 'block' WHERE workspace_id = $1`, [storm.id]);
    expect(await news()).toMatchObject({ newRuns: 1, exact: true });
    await db().query(
      `INSERT INTO run (id, workspace_id, agent_id, key, status, started_at, ended_at, lane, span_count)
       SELECT gen_random_uuid(), $1, $2, 'more-' || n, 'finished', now(), now(), 'block', 1 FROM generate_series(1, 600) AS n`,
      [storm.id, desk.id],
    );
    expect(await news()).toMatchObject({ newRuns: 500, exact: false });
  });
});
