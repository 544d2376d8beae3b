import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenListener, spansOf, storyArbitrary } from '@/lib/services/testing/stories';
import { foldRollups } from './fold-rollups';
import { recountRollups } from './recount-rollups';

describe('rollups', () => {
  it('equal a recount exactly after any batches: late, twice, out of order, runs that join or turn out to be another agent’s', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(storyArbitrary, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 20, maxLength: 20 }),
        async (stories, shuffle, sizes) => {
          const { workspace, send } = await givenListener();
          const spans = stories.flatMap(spansOf);
          const order = [...spans, ...spans.filter((_, index) => (shuffle[index % 40] ?? 0) % 3 === 0)]
            .map((span, index) => ({ span, at: shuffle[index % 40] ?? 0, index }))
            .sort((a, b) => a.at - b.at || a.index - b.index)
            .map((one) => one.span);
          for (let at = 0, batch = 0; at < order.length; batch += 1) {
            const size = sizes[batch % sizes.length] ?? 1;
            await send(order.slice(at, at + size));
            at += size;
            if (size % 3 === 0) await foldRollups();
            if (size % 4 === 0) expect(await recountRollups(db(), workspace.id)).toEqual([]);
          }
          expect(await recountRollups(db(), workspace.id)).toEqual([]);
          await foldRollups();
          expect(await recountRollups(db(), workspace.id)).toEqual([]);
          const waiting = await db().query('SELECT FROM rollup_change WHERE workspace_id = $1', [
            workspace.id,
          ]);
          expect(waiting.rowCount).toBe(0);
        },
      ),
      { numRuns: Number(process.env.ROLLUP_RUNS ?? 25), endOnFailure: true },
    );
  }, 240_000);
});
