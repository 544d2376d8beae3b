import { describe, expect, it } from 'vitest';
import { byGate, fallbackReading } from './fallback-reading';

const pattern = (counts: Parameters<typeof byGate>[0]['counts']) => byGate({ counts, passed: [] });

describe('what the chart of fallbacks says', () => {
  it('adds months up, by gate and cause', () => {
    const gates = byGate({
      counts: [
        { gate: 'G3', cause: 'contract', month: '2026-09', count: 1 },
        { gate: 'G3', cause: 'contract', month: '2026-11', count: 2 },
        { gate: 'G3', cause: 'evidence', month: '2026-11', count: 1 },
      ],
      passed: [{ gate: 'G3', count: 5 }],
    });
    expect(gates.map(({ gate }) => gate)).toEqual(['G1', 'G2', 'G3', 'G4', 'G5', 'G6']);
    expect(gates[2]).toMatchObject({ all: 4, passed: 5, causes: { contract: 3, evidence: 1 } });
  });

  it('says whether contracts were right, and where it showed', () => {
    expect(fallbackReading(pattern([]), 12)).toBe('No agent fell back in 12 months');
    expect(
      fallbackReading(pattern([{ gate: 'G4', cause: 'contract', month: '2026-11', count: 1 }]), 12),
    ).toBe('1 fallback, before G4; its contract was wrong');
    expect(
      fallbackReading(pattern([{ gate: 'G4', cause: 'evidence', month: '2026-11', count: 2 }]), 12),
    ).toBe('2 fallbacks, all before G4; contracts were right');
    expect(
      fallbackReading(pattern([{ gate: 'G4', cause: 'parameter', month: '2026-11', count: 1 }]), 12),
    ).toBe('1 fallback, before G4; contracts were right but for figures in them');
    expect(
      fallbackReading(
        pattern([
          { gate: 'G3', cause: 'contract', month: '2026-11', count: 3 },
          { gate: 'G5', cause: 'operation', month: '2026-11', count: 1 },
        ]),
        12,
      ),
    ).toBe('4 fallbacks, most before G3; 3 because the contract was wrong');
    expect(
      fallbackReading(
        pattern([
          { gate: 'G3', cause: 'evidence', month: '2026-11', count: 1 },
          { gate: 'G5', cause: 'operation', month: '2026-11', count: 1 },
        ]),
        12,
      ),
    ).toBe('2 fallbacks, over 2 gates; contracts were right');
  });
});
