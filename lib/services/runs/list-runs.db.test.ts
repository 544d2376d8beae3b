import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { BANDS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { foldWords } from '@/lib/services/rollups/fold-rollups';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { listRunChanges } from './list-run-changes';
import { listRunFacets } from './list-run-facets';
import { listRuns } from './list-runs';
import { NO_RUN_FILTERS, RUN_SORTS, runFilterSchema, runPageSchema } from './run-filters';

const page = (over: Record<string, string> = {}) => runPageSchema.parse(over);
const filters = (over: Record<string, string> = {}) => runFilterSchema.parse(over);
const keys = async (actor: Actor, over: Record<string, string>) =>
  (await listRuns(actor, filters(over), page())).rows.map((row) => row.key).sort();

describe('the list of runs', () => {
  let reader: Actor;
  let boundKey: Actor;
  let stranger: Actor;

  beforeAll(async () => {
    const workspace = await givenWorkspace();
    reader = await givenPerson(workspace, ['auditor']);
    const desk = await givenAgent(workspace);
    const other = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'other-desk', name: 'Other desk' } }),
    );
    boundKey = (await givenKey(workspace, ['read'], other)).actor;
    const day = (d: string) => `2026-11-${d}T10:00:00Z`;
    await givenRun(workspace, desk, {
      key: 'quiet',
      startedAt: day('01'),
      callsByTool: { 'orders.read': 2 },
      receivedAt: '2026-11-01T10:00:05Z',
    });
    await givenRun(workspace, desk, {
      key: 'un_priced',
      startedAt: day('02'),
      unpricedCalls: 3,
      callsByTool: { "C:\\it's": 1 },
    });
    const hot = await givenRun(workspace, desk, {
      key: 'hot',
      startedAt: day('03'),
      band: 'critical',
      lane: 'block',
      status: 'paused',
      breachCount: 2,
      unknownTools: ['shell.exec'],
      callsByTool: { 'shell.exec': 1 },
    });
    await givenIncident(workspace, desk, hot);
    await givenRun(workspace, other, { key: 'elsewhere', startedAt: day('04'), status: 'running' });
    const theirs = await givenWorkspace();
    stranger = await givenPerson(theirs, ['head-of-ai']);
  });

  test('shows nothing of another workspace', async () => {
    const list = await listRuns(stranger, NO_RUN_FILTERS, page());
    expect(list.rows).toEqual([]);
    expect(list.count).toBe(0);
    expect(await listRunFacets(stranger)).toEqual({ agents: [], units: [], tools: [], versions: [] });
    const { rows } = await listRuns(reader, NO_RUN_FILTERS, page());
    const ids = rows.map((row) => row.id);
    expect(await listRunChanges(stranger, NO_RUN_FILTERS, new Date(0), ids)).toEqual({
      newRuns: 0,
      exact: true,
      rows: [],
    });
  });

  test('shows a key that is bound to one agent the runs of that agent only', async () => {
    expect(await keys(boundKey, {})).toEqual(['elsewhere']);
    expect((await listRunFacets(boundKey)).agents.map((agent) => agent.name)).toEqual(['other-desk']);
  });

  test('refuses a key that may not read', async () => {
    const workspace = await givenWorkspace();
    const { actor } = await givenKey(workspace, ['ingest']);
    await expect(listRuns(actor, NO_RUN_FILTERS, page())).rejects.toMatchObject({ code: 'forbidden' });
  });

  test.each([
    [{}, ['elsewhere', 'hot', 'quiet', 'un_priced']],
    [{ agent: 'refund-desk' }, ['hot', 'quiet', 'un_priced']],
    [{ agent: 'nobody' }, []],
    [{ status: 'paused,running' }, ['elsewhere', 'hot']],
    [{ band: 'critical' }, ['hot']],
    [{ lane: 'block' }, ['hot']],
    [{ breached: '1' }, ['hot']],
    [{ incident: '1' }, ['hot']],
    [{ tool: 'shell.exec' }, ['hot']],
    [{ tool: 'orders.read' }, ['quiet']],
    [{ tool: "C:\\it's" }, ['un_priced']],
    [{ tool: 'orders' }, []],
    [{ unknownTools: '1' }, ['hot']],
    [{ unpriced: '1' }, ['un_priced']],
    [{ q: 'QUI' }, ['quiet']],
    [{ q: 'qui\0et' }, ['quiet']],
    [{ q: 'un_pri' }, ['un_priced']],
    [{ q: '_' }, []],
    [{ q: 'shell' }, ['hot']],
    [{ q: 'exec hot' }, ['hot']],
    [{ q: 'shell', tool: 'orders.read' }, []],
    [{ q: "o'hara & !:*" }, []],
    [{ silent: '1', tool: 'orders.read' }, ['quiet']],
    [{ from: '2026-11-02', to: '2026-11-03T10:00:00Z' }, ['un_priced']],
    [{ from: '2026-11-02', to: '2026-11-02' }, ['un_priced']],
    [{ version: '1', agent: 'refund-desk' }, ['hot', 'quiet', 'un_priced']],
    [{ version: '2' }, []],
  ])('filtered by %j holds exactly the runs that fit', async (over, expected) => {
    expect(await keys(reader, over)).toEqual(expected);
    const list = await listRuns(reader, filters(over), page());
    expect(list.count).toBe(expected.length);
  });

  test('runs are found by words of the clauses they broke, before and after a plane has written them', async () => {
    const workspace = await givenWorkspace();
    const agent = await givenAgent(workspace);
    const operator = await givenPerson(workspace, ['operator']);
    const run = await givenRun(workspace, agent, { key: 'broke-one', breachCount: 1 });
    await givenRun(workspace, agent, { key: 'broke-none' });
    await db().query(
      `INSERT INTO breach (id, workspace_id, run_id, agent_id, clause, code, severity, message, happened_at)
       VALUES (gen_random_uuid(), $1, $2, $3, 'tools/refunds.pay/rateLimit', 'rate-limit', 'medium', 'Too often.', now())`,
      [workspace.id, run.id, agent.id],
    );
    expect(await keys(operator, { q: 'ratel' })).toEqual(['broke-one']);
    await foldWords();
    expect(await keys(operator, { q: 'refunds rate' })).toEqual(['broke-one']);
    expect(await keys(operator, { q: 'broke' })).toHaveLength(2);
  });

  test('words that few runs have tell how many those are on every page, however little of the list is gone through', async () => {
    const workspace = await givenWorkspace();
    const agent = await givenAgent(workspace);
    const operator = await givenPerson(workspace, ['operator']);
    for (const key of ['odd-1', 'even-2', 'odd-3', 'even-4', 'odd-5', 'even-6'])
      await givenRun(workspace, agent, { key });
    await foldWords();
    const turn = (q: string, after: string) =>
      listRuns(operator, filters({ q }), page({ limit: '2', after }), {
        bounds: { near: 1, far: 2, lookedAt: 3 },
      });
    const first = await turn('odd', '');
    expect([first.rows.length, first.count, first.exact, first.part]).toEqual([2, 3, true, false]);
    const last = await turn('odd', first.next ?? '');
    expect([last.rows.length, last.count, last.exact, last.next]).toEqual([1, 3, true, null]);
    expect(await turn('nothing', '')).toMatchObject({ count: 0, exact: true, part: false, next: null });
  });

  test('of many runs that have a word each is met once, in order, as it began and not as it was first written down', async () => {
    const workspace = await givenWorkspace();
    const agent = await givenAgent(workspace);
    const operator = await givenPerson(workspace, ['operator']);
    const at = (minute: number) => `2026-11-03T10:0${minute}:00Z`;
    for (const minute of [1, 2, 3, 4, 5, 6])
      await givenRun(workspace, agent, { key: `rare-${minute}`, startedAt: at(minute) });
    const elsewhere = await givenWorkspace();
    const stranger = await givenAgent(elsewhere);
    for (const minute of [7, 8, 9])
      await givenRun(elsewhere, stranger, { key: `rare-${minute}`, startedAt: at(minute) });
    await foldWords();
    await db().query(`UPDATE run SET started_at = $2 WHERE workspace_id = $1 AND key = 'rare-5'`, [
      workspace.id,
      at(0),
    ]);
    const walk = async (over: Record<string, string>) => {
      const met: string[] = [];
      for (let after = '', turns = 0; turns < 9; turns += 1) {
        const { rows, next, count, exact } = await listRuns(
          operator,
          filters({ q: 'rare', ...over }),
          page({ limit: '2', after }),
          { bounds: { near: 1, far: 1, lookedAt: 3 } },
        );
        met.push(...rows.map((row) => row.key));
        const all = over.from === undefined ? 6 : 3;
        expect(exact ? count === all : count <= all).toBe(true);
        if (next === null) return met;
        after = next;
      }
      return met;
    };
    for (const fold of [false, true]) {
      if (fold) await foldWords();
      expect(await walk({})).toEqual(['rare-6', 'rare-4', 'rare-3', 'rare-2', 'rare-1', 'rare-5']);
      expect(await walk({ from: at(3) })).toEqual(['rare-6', 'rare-4', 'rare-3']);
    }
  });

  test('runs that have a word are met in order and counted, however long ago they began', async () => {
    const bounds = { near: 2, far: 4, lookedAt: 3 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            // The edges of the periods that words are kept by, and of as many as are read at once, in days before the latest.
            ago: fc.constantFrom(0, 1, 6.3, 6.4, 20, 44, 50, 51.1, 58, 130, 400),
            odd: fc.boolean(),
            paused: fc.boolean(),
          }),
          { minLength: 1, maxLength: 16 },
        ),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.record(
          { status: fc.constant('paused'), from: fc.constant('2026-08-25'), to: fc.constant('2026-10-01') },
          { requiredKeys: [] },
        ),
        fc.boolean(),
        async (runs, order, over, folded) => {
          const workspace = await givenWorkspace({ timeZone: 'UTC' });
          const agent = await givenAgent(workspace);
          const given: { key: string; at: string; fits: boolean }[] = [];
          for (const [index, { ago, odd, paused }] of runs.entries()) {
            const key = `${odd ? 'odd' : 'even'}-${index}`;
            const at = new Date(Date.parse('2026-11-01T10:00:00Z') - ago * 86_400_000 - index).toISOString();
            await givenRun(workspace, agent, { key, startedAt: at, status: paused ? 'paused' : 'finished' });
            const fits =
              odd &&
              (over.status === undefined || paused) &&
              (over.from === undefined || at >= over.from) &&
              (over.to === undefined || at < '2026-10-02');
            given.push({ key, at, fits });
          }
          if (folded) await foldWords();
          const expected = given
            .filter(({ fits }) => fits)
            .sort((a, b) => (a.at < b.at === (order === 'asc') ? -1 : 1))
            .map(({ key }) => key);
          const turn = (mark: Record<string, string>) =>
            listRuns(workspace.system, filters({ q: 'odd', ...over }), page({ order, limit: '2', ...mark }), {
              bounds,
            });
          const met: string[] = [];
          let current = await turn({});
          for (;;) {
            met.push(...current.rows.map(({ key }) => key));
            expect(met.length).toBeLessThanOrEqual(expected.length);
            const { count, exact } = current;
            expect(exact ? count === expected.length : count <= expected.length).toBe(true);
            if (current.next === null) break;
            current = await turn({ after: current.next });
          }
          expect(met).toEqual(expected);
          let end = met.length - current.rows.length;
          while (current.previous !== null) {
            current = await turn({ before: current.previous });
            const found = current.rows.map(({ key }) => key);
            expect(found).toEqual(met.slice(end - found.length, end));
            end -= found.length;
          }
        },
      ),
      { numRuns: Number(process.env.LIST_RUNS ?? 12), endOnFailure: true },
    );
  }, 120_000);

  test('a run that called more tools than an index can hold keeps no other run from being found', async () => {
    const workspace = await givenWorkspace();
    const agent = await givenAgent(workspace);
    const operator = await givenPerson(workspace, ['operator']);
    const tool = (n: number) => `${n}-${'x'.repeat(190)}`;
    await givenRun(workspace, agent, {
      key: 'sprawling',
      callsByTool: Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [tool(n), 1])),
    });
    await givenRun(workspace, agent, { key: 'modest', callsByTool: { 'orders.read': 1 } });
    await foldWords();
    expect(await keys(operator, { q: 'orders' })).toEqual(['modest']);
    expect(await keys(operator, { q: 'sprawl' })).toEqual(['sprawling']);
  });

  test('a day to filter by is one of the workspace, wherever the reader is', async () => {
    const tokyo = await givenWorkspace({ timeZone: 'Asia/Tokyo' });
    const agent = await givenAgent(tokyo);
    await givenRun(tokyo, agent, { key: 'late evening', startedAt: '2026-11-01T14:59:59.999999Z' });
    await givenRun(tokyo, agent, { key: 'midnight', startedAt: '2026-11-01T15:00:00Z' });
    expect(await keys(tokyo.system, { from: '2026-11-02' })).toEqual(['midnight']);
    expect(await keys(tokyo.system, { to: '2026-11-01' })).toEqual(['late evening']);
  });

  test('can be narrowed to one contract version by its digest', async () => {
    const digest = (await listRuns(reader, filters({ agent: 'other-desk' }), page())).rows[0]?.contract
      ?.digest;
    expect(await keys(reader, { version: digest?.slice(0, 12) ?? '' })).toEqual(['elsewhere']);
  });

  test('says how many runs came since it was read, and what became of those on screen', async () => {
    const before = await listRuns(reader, NO_RUN_FILTERS, page());
    const { rows } = await db().query<{ id: string }>(`SELECT id FROM run WHERE key = 'hot'`);
    const since = new Date('2026-11-01T10:00:04Z');
    const changes = await listRunChanges(reader, filters({ q: 'quiet' }), since, [rows[0]?.id ?? '']);
    expect(changes.newRuns).toBe(1);
    expect(changes.rows.map((row) => row.key)).toEqual(['hot']);
    const none = await listRunChanges(reader, NO_RUN_FILTERS, new Date(before.asOf), []);
    expect(none).toEqual({ newRuns: 0, exact: true, rows: [] });
  });

  test('counts a run that fits only since it was read, and none that is on a later page', async () => {
    const workspace = await givenWorkspace();
    const agent = await givenAgent(workspace);
    const auditor = await givenPerson(workspace, ['auditor']);
    const asked = { spanCount: 0, receivedAt: '2026-11-01T10:00:00Z' };
    for (const [index, lane] of (['block', 'allow', 'block', 'block'] as const).entries())
      await givenRun(workspace, agent, {
        ...asked,
        key: `asked-${index}`,
        lane,
        startedAt: `2026-11-0${9 - index}T10:00:00Z`,
      });
    const refused = filters({ askedOnly: '1', lane: 'block' });
    const first = await listRuns(auditor, refused, page({ limit: '2' }));
    expect(first.rows.map(({ key }) => key)).toEqual(['asked-0', 'asked-2']);
    const now = () =>
      listRunChanges(
        auditor,
        refused,
        new Date(first.asOf),
        first.rows.map(({ id }) => id),
        { sort: 'started', order: 'desc', end: first.next ?? '' },
      );
    expect((await now()).newRuns).toBe(0);
    // It was there when the list was read, and is refused a call only now.
    await db().query(`UPDATE run SET lane = 'block' WHERE workspace_id = $1 AND key = 'asked-1'`, [
      workspace.id,
    ]);
    expect((await now()).newRuns).toBe(1);
  });

  test.each(['rubbish', 'W10', Buffer.from('["risk","desc","x","y"]').toString('base64url')])(
    'answers a damaged page mark (%s) with what to do',
    async (after) => {
      const attempt = listRuns(reader, NO_RUN_FILTERS, page({ after }));
      await expect(attempt).rejects.toBeInstanceOf(AppError);
      await expect(attempt).rejects.toMatchObject({ code: 'invalid' });
    },
  );

  test('offers the agents, tools and versions there are to filter by', async () => {
    const facets = await listRunFacets(reader);
    expect(facets.agents.map((agent) => agent.name)).toEqual(['other-desk', 'refund-desk']);
    expect(facets.tools).toEqual(['orders.read', "C:\\it's", 'shell.exec']);
    expect(facets.versions).toHaveLength(2);
  });
});

test('paging visits every run exactly once, in order, and back again, whatever is equal', async () => {
  const run = fc.record({
    // Few values, so that ties are common; microseconds, so that milliseconds would not do.
    micros: fc.integer({ min: 0, max: 5 }),
    risk: fc.constantFrom(0, 0.1, 0.30000000000000004, 7),
    score: fc.constantFrom(null, 50, 90.1),
    costUsd: fc.constantFrom(0, 1e-7, 0.1 + 0.2),
    durationMs: fc.constantFrom(0, 0.001, 5, 90_000),
    band: fc.constantFrom(...BANDS),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { maxLength: 14 }),
      fc.constantFrom(...RUN_SORTS),
      fc.constantFrom('asc', 'desc'),
      fc.integer({ min: 1, max: 5 }),
      async (runs, sort, order, limit) => {
        const workspace = await givenWorkspace();
        const agent = await givenAgent(workspace);
        for (const { micros, ...rest } of runs)
          await givenRun(workspace, agent, { ...rest, startedAt: `2026-11-20T08:00:00.00000${micros}Z` });
        const turn = (mark: Record<string, string>) =>
          listRuns(workspace.system, NO_RUN_FILTERS, page({ sort, order, limit: String(limit), ...mark }));

        const forward: string[][] = [];
        let current = await turn({});
        expect(current.previous).toBeNull();
        for (;;) {
          forward.push(current.rows.map((row) => row.id));
          if (current.next === null) break;
          current = await turn({ after: current.next });
        }
        const backward = [current.rows.map((row) => row.id)];
        while (current.previous !== null) {
          current = await turn({ before: current.previous });
          backward.unshift(current.rows.map((row) => row.id));
        }

        const visited = forward.flat();
        expect(new Set(visited).size).toBe(visited.length);
        expect(visited).toHaveLength(runs.length);
        expect(backward).toEqual(forward);
        const { rows } = await db().query<{ id: string }>(
          `SELECT id FROM run WHERE workspace_id = $1 ORDER BY
             ${{ started: 'started_at', risk: 'risk', score: 'coalesce(score, -1)', cost: 'cost_usd', duration: 'ended_at - started_at' }[sort]} ${order},
             id ${order}`,
          [workspace.id],
        );
        expect(visited).toEqual(rows.map((row) => row.id));
      },
    ),
    { numRuns: 25 },
  );
});
