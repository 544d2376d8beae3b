import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementByPair, agreementOf, alphaOf, LEAST_UNITS, type RatedUnit } from './agreement';

/** One line a rater, one value a run; a dot is a rating that is missing. */
function unitsOf(...lines: string[]): RatedUnit[] {
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return (rows[0] ?? []).map((_, run) =>
    rows.flatMap((row, rater) => {
      const said = row[run] ?? '.';
      return said === '.' ? [] : [{ rater: `r${rater}`, value: Number.parseInt(said, 36) }];
    }),
  );
}

describe("Krippendorff's alpha", () => {
  // Examples A, B and C of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.
  it('is 0.095 for two observers and yes or no', () => {
    const units = unitsOf('0 1 0 0 0 0 0 0 1 0', '1 1 1 0 0 1 0 0 0 0');
    expect(alphaOf(units, 'nominal')).toBeCloseTo(0.095, 3);
  });
  it('is 0.692 for two observers and five kinds', () => {
    const units = unitsOf('a a b b d c c c e d d a', 'b a b b b c c c e d d d');
    expect(alphaOf(units, 'nominal')).toBeCloseTo(0.692, 3);
  });
  const four = unitsOf(
    '1 2 3 3 2 1 4 1 2 . . .',
    '1 2 3 3 2 2 4 1 2 5 . 3',
    '. 3 3 3 2 3 4 2 2 5 1 .',
    '1 2 3 3 2 4 4 1 2 5 1 .',
  );
  it('is 0.743 for four observers with ratings missing, taken as kinds', () => {
    expect(alphaOf(four, 'nominal')).toBeCloseTo(0.743, 3);
  });
  it('is 0.849 for the same, taken as figures', () => {
    expect(alphaOf(four, 'interval')).toBeCloseTo(0.849, 3);
  });

  it('is what adding up every pair of values gives, for any ratings', () => {
    const anyUnits = fc.array(
      fc
        .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
        .map((values) => values.map((value, rater) => ({ rater: `r${rater}`, value }))),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(anyUnits, fc.constantFrom('nominal' as const, 'interval' as const), (units, kind) => {
        const delta = (a: number, b: number) => (kind === 'nominal' ? Number(a !== b) : (a - b) ** 2);
        const pairable = units.filter((unit) => unit.length > 1);
        const all = pairable.flat().map(({ value }) => value);
        let observed = 0;
        for (const unit of pairable)
          for (const [i, a] of unit.entries())
            for (const [j, b] of unit.entries())
              if (i !== j) observed += delta(a.value, b.value) / (unit.length - 1) / all.length;
        let expected = 0;
        for (const [i, a] of all.entries())
          for (const [j, b] of all.entries())
            if (i !== j) expected += delta(a, b) / (all.length * (all.length - 1));
        const alpha = alphaOf(units, kind);
        if (all.length < 2 || expected === 0) expect(alpha).toBeNull();
        else expect(alpha).toBeCloseTo(1 - observed / expected, 9);
      }),
    );
  });

  it('is 1 when all agree and the runs differ', () => {
    expect(alphaOf(unitsOf('0 1 0 1', '0 1 0 1'), 'nominal')).toBe(1);
  });
});

describe('whether reviewers agree', () => {
  const agreeing = Array.from(
    { length: LEAST_UNITS },
    (_, run): RatedUnit => [
      { rater: 'ines', value: run % 2 },
      { rater: 'bruno', value: run % 2 },
    ],
  );

  it('is not told from too few runs', () => {
    expect(agreementOf(agreeing.slice(1), 'nominal')).toEqual({
      units: LEAST_UNITS - 1,
      alike: 1,
      state: 'unknown',
      why: 'too-few',
    });
  });
  it('is not told where everybody always said the same', () => {
    const same = agreeing.map((unit) => unit.map(({ rater }) => ({ rater, value: 1 })));
    expect(agreementOf(same, 'nominal')).toMatchObject({ state: 'unknown', why: 'no-variation', alike: 1 });
  });
  it('leaves out runs that one person rated', () => {
    expect(agreementOf([...agreeing, [{ rater: 'ines', value: 0 }]], 'nominal')).toMatchObject({
      units: LEAST_UNITS,
      state: 'known',
      alpha: 1,
      reading: 'reliable',
    });
  });
  it('is told of each pair of reviewers by what both rated', () => {
    const third = agreeing.map((unit, run) => [...unit, { rater: 'zoe', value: (run + 1) % 2 }]);
    const pairs = agreementByPair(third, 'nominal');
    expect(pairs.map(({ raters }) => raters.join('+')).sort()).toEqual([
      'bruno+ines',
      'bruno+zoe',
      'ines+zoe',
    ]);
    expect(pairs.find(({ raters }) => raters.includes('zoe'))?.agreement).toMatchObject({ alike: 0 });
  });
});
