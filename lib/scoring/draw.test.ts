import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawOf, drawRun, isSilent } from './draw';

const SECRET = new Uint8Array(32).fill(7);
const contract = (review: { share: number; silentShare?: number } | undefined) => ({
  quality: { criteria: [], ...(review === undefined ? {} : { review }) },
});
const run = (id: string, more: { breachCount?: number; lane?: string; spanCount?: number } = {}) => ({
  id,
  spanCount: 3,
  breachCount: 0,
  lane: 'allow',
  ...more,
});
const ids = Array.from({ length: 20_000 }, (_, at) => `run-${at}`);

describe('drawing runs for review', () => {
  it('gives a run the same number always, and another under another secret', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const draw = drawOf(SECRET, id);
        expect(drawOf(SECRET, id.toUpperCase())).toBe(draw);
        expect(drawOf(new Uint8Array(32).fill(8), id)).not.toBe(draw);
        expect(draw).toBeGreaterThanOrEqual(0);
        expect(draw).toBeLessThan(1);
      }),
    );
  });

  it('draws the share that was agreed, evenly', () => {
    const draws = ids.map((id) => drawOf(SECRET, id));
    for (const share of [0.01, 0.05, 0.2, 0.5]) {
      const drawn = draws.filter((draw) => draw < share).length / ids.length;
      // Four standard deviations.
      expect(Math.abs(drawn - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / ids.length));
    }
  });

  it('takes silent runs and others each by their own share', () => {
    const rule = contract({ share: 1, silentShare: 0 });
    expect(drawRun(rule, run('a'), SECRET)).toBeNull();
    expect(drawRun(rule, run('a', { breachCount: 1 }), SECRET)).toMatchObject({
      because: 'noticed',
      share: 1,
    });
    expect(drawRun(contract({ share: 0, silentShare: 1 }), run('a'), SECRET)).toMatchObject({
      because: 'silent',
      reviewers: 1,
      withinDays: 7,
    });
  });

  it('never draws fewer runs when the share rises: who was drawn at 5% is drawn at 10%', () => {
    for (const id of ids.slice(0, 500))
      if (drawRun(contract({ share: 0.05 }), run(id), SECRET) !== null)
        expect(drawRun(contract({ share: 0.1 }), run(id), SECRET)).not.toBeNull();
  });

  it('draws nothing where nothing was agreed, and no run of which nothing was recorded', () => {
    expect(drawRun(contract(undefined), run('a'), SECRET)).toBeNull();
    expect(drawRun(contract({ share: 1 }), run('a', { spanCount: 0 }), SECRET)).toBeNull();
  });

  it('takes for silent what broke no clause and asked nobody', () => {
    expect(isSilent({ breachCount: 0, lane: 'degrade' })).toBe(true);
    expect(isSilent({ breachCount: 0, lane: 'escalate' })).toBe(false);
    expect(isSilent({ breachCount: 0, lane: 'block' })).toBe(false);
    expect(isSilent({ breachCount: 1, lane: 'allow' })).toBe(false);
  });
});
