import { expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { aDecision } from '@/lib/services/testing/a-decision';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { createRun } from './run-row';
import { type NewDecision, storeDecisions } from './stored-decisions';

it('a number that another plane took first keeps out its own decision, and no other of the same batch', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenVersion(workspace, null);
  const { actor } = await givenKey(workspace, ['decide'], agent);
  const runs = await Promise.all(['a', 'b', 'c'].map((key) => createRun(actor, key, undefined)));
  runs.sort((x, y) => (x.id < y.id ? -1 : 1));
  const store = (rows: readonly NewDecision[]) => storeDecisions(db(), rows, true);
  const count = async () =>
    (await db().query('SELECT count(*)::int AS n FROM decision WHERE workspace_id = $1', [workspace.id]))
      .rows[0];

  // All of them get in.
  const first = runs.map((run) => aDecision(run, 1));
  expect(await store(first)).toBeNull();
  expect(await count()).toEqual({ n: 3 });

  // One number is taken, twice in a row: before and after it is known that somebody else decides in these runs.
  for (const seq of [2, 3]) {
    const taker = runs.slice(1, 2).map((run) => aDecision(run, seq));
    expect(await store(taker)).toBeNull();
    const batch = runs.map((run) => aDecision(run, seq));
    expect(await store(batch)).toEqual(new Set([batch[0]?.id, batch[2]?.id]));
    expect(await count()).toEqual({ n: 3 * seq });
  }

  // A run that changed since keeps out its own, too.
  await db().query('UPDATE run SET revision = revision + 1 WHERE id = $1', [runs[0]?.id]);
  const late = runs.map((run) => aDecision(run, 4));
  expect(await store(late)).toEqual(new Set([late[1]?.id, late[2]?.id]));
});
