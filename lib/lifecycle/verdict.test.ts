import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GivenVerdict, settledCause, VERDICT_CAUSES, VERDICT_ROLES } from './verdict';

const verdict: fc.Arbitrary<GivenVerdict> = fc.record({
  role: fc.constantFrom(...VERDICT_ROLES),
  cause: fc.constantFrom(...VERDICT_CAUSES),
});

describe('the cause of an incident', () => {
  it('is open until both have spoken, and settled when they say the same', () => {
    expect(settledCause([])).toBeNull();
    expect(settledCause([{ role: 'grc', cause: 'contract' }])).toBeNull();
    expect(
      settledCause([
        { role: 'grc', cause: 'contract' },
        { role: 'sponsor', cause: 'contract' },
      ]),
    ).toEqual({ cause: 'contract', by: 'agreed' });
  });

  it('is what the head of AI decided only as long as nobody said anything new', () => {
    const decided: GivenVerdict[] = [
      { role: 'grc', cause: 'contract' },
      { role: 'sponsor', cause: 'parameter' },
      { role: 'head-of-ai', cause: 'contract' },
    ];
    expect(settledCause(decided)).toEqual({ cause: 'contract', by: 'decided' });
    expect(settledCause([...decided, { role: 'grc', cause: 'implementation' }])).toBeNull();
  });

  it('is never settled against what both say now', () => {
    fc.assert(
      fc.property(fc.array(verdict), (given) => {
        const last = (role: string) => given.findLast((each) => each.role === role)?.cause;
        if (last('sponsor') === undefined || last('sponsor') !== last('grc')) return;
        expect(settledCause(given)).toEqual({ cause: last('sponsor'), by: 'agreed' });
      }),
    );
  });
});
