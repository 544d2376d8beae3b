import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS, type EvidenceKind } from './evidence-kinds';
import { GATE_IDS, GATES, type GateId } from './gates';
import { CLOCK_TOLERANCE_MS, type GivenEvidence, gateStanding } from './standing';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-21T12:00:00Z');
let ids = 0;

function piece(kind: EvidenceKind, over: Partial<GivenEvidence> = {}): GivenEvidence {
  ids += 1;
  return {
    id: `e${String(ids).padStart(6, '0')}`,
    kind,
    outcome: 'passed',
    summary: 'It did well.',
    digest: 'ab'.repeat(32),
    producedAt: NOW - DAY,
    about: EVIDENCE_KINDS[kind].speaksOf === 'agent' ? 'agent' : 'this-version',
    ...over,
  };
}
const standing = (gate: keyof typeof GATES, evidence: GivenEvidence[], now = NOW) =>
  gateStanding(GATES[gate], evidence, [], now, 'UTC');
const only = (gate: keyof typeof GATES, kind: EvidenceKind, evidence: GivenEvidence[], now = NOW) => {
  const found = standing(gate, evidence, now).evidence.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`${gate} does not ask for ${kind}`);
  return found;
};

describe('evidence before a gate', () => {
  it('is missing until it is there, and says what to do', () => {
    const { obstacle, ready, evidence } = standing('G2', []);
    expect({ obstacle, ready }).toEqual({
      ready: false,
      obstacle: 'G2 cannot be signed yet. Contract lint is missing.',
    });
    expect(evidence[0]?.todo).toBe('Run lint on this version.');
    expect(standing('G4', []).obstacle).toBe(
      'G4 cannot be signed yet: Backtest (missing), Kill-switch drill (missing), Failure-path drill (missing), Rollback drill (missing) and Risk profile review (missing).',
    );
  });

  it('that failed says what failed, and a newer pass takes its place', () => {
    const failed = piece('evals', { outcome: 'failed', summary: '53% correct amounts, target 80%' });
    expect(only('G3', 'evals', [failed])).toMatchObject({
      state: 'failed',
      reason: 'Eval results failed: 53% correct amounts, target 80%.',
      todo: 'Improve the agent until every criterion reaches its target, then send results again.',
    });
    // What was never computed is not asked to be computed again, nor to be waited for.
    expect(only('G5', 'rollout', []).todo).toBe('Compute the statistics from the runs that came in so far.');
    expect(only('G5', 'rollout', [piece('rollout', { outcome: 'failed' })]).todo).toBe(
      'Let more real runs come in, mend what keeps them from being wholly silent, then compute the statistics again.',
    );
    const passed = piece('evals', { producedAt: NOW });
    expect(only('G3', 'evals', [failed, passed])).toMatchObject({
      state: 'present',
      evidence: { id: passed.id },
    });
    // An older pass does not outlive a newer failure, nor one of the same moment.
    expect(only('G3', 'evals', [failed, piece('evals', { producedAt: NOW - 2 * DAY })]).state).toBe('failed');
    expect(only('G3', 'evals', [piece('evals'), failed]).state).toBe('failed');
  });

  it('that is only given does not count where something must pass', () => {
    expect(only('G5', 'rollout', [piece('rollout', { outcome: 'given' })])).toMatchObject({
      state: 'failed',
      reason: 'Rollout statistics did not say that it passed: It did well.',
    });
    expect(only('G4', 'backtest', [piece('backtest', { outcome: 'given' })]).state).toBe('present');
    expect(only('G4', 'rollback-drill', [piece('rollback-drill', { outcome: 'failed' })]).state).toBe(
      'failed',
    );
  });

  it('counts up to the moment its freshness ends, and not at it', () => {
    const at = NOW - 14 * DAY;
    const backtest = [piece('backtest', { producedAt: at })];
    expect(only('G4', 'backtest', backtest, NOW - 1).state).toBe('present');
    expect(only('G4', 'backtest', backtest, NOW)).toMatchObject({
      state: 'stale',
      reason: 'Backtest is from 7 Nov 2026, 14 days ago, and counts for 14 days.',
      staleAt: NOW,
    });
  });

  it('from the future is not fresh, beyond what clocks differ by', () => {
    const soon = (ms: number) => [piece('lint', { producedAt: NOW + ms })];
    expect(only('G2', 'lint', soon(CLOCK_TOLERANCE_MS)).state).toBe('present');
    expect(only('G2', 'lint', soon(CLOCK_TOLERANCE_MS + 1))).toMatchObject({
      state: 'stale',
      reason: expect.stringContaining('from the future'),
    });
    // A clock that was wrong once is not in the way for ever.
    expect(only('G2', 'lint', [...soon(400 * DAY), piece('lint', { producedAt: NOW - 5 })]).state).toBe(
      'present',
    );
  });

  it('from before a fallback must be made again where it speaks of the version, and what speaks of the agent where that was wrong', () => {
    const since = (gate: GateId, kind: EvidenceKind, cause: string, producedAt = NOW - 2 * DAY) =>
      gateStanding(GATES[gate], [piece(kind, { producedAt })], [], NOW, 'UTC', [
        { to: 'build', cause, at: NOW - DAY },
      ]).evidence.find((each) => each.kind === kind);
    expect(since('G3', 'evals', 'implementation')).toMatchObject({
      state: 'stale',
      reason: 'Eval results is from before it fell back to Build (20 Nov 2026): it must be made again.',
      todo: 'Send eval results for this version, by file or by API.',
    });
    expect(since('G3', 'evals', 'implementation', NOW - DAY + 1)?.state).toBe('present');
    // Build is behind G2, which nobody asks to pass again.
    expect(since('G2', 'lint', 'contract')?.state).toBe('present');
    expect(since('G4', 'kill-switch-drill', 'implementation')?.state).toBe('present');
    expect(since('G4', 'kill-switch-drill', 'operation')?.state).toBe('stale');
    expect(since('G4', 'kill-switch-drill', 'evidence')?.state).toBe('stale');
    expect(since('G6', 'drift', 'operation')?.state).toBe('present');
  });

  it('of an earlier version counts only where the change since leaves it standing', () => {
    const of = (kind: EvidenceKind, about: GivenEvidence['about']) =>
      only('G4', kind, [piece(kind, { about })]);
    expect(of('rollback-drill', { earlier: 'build' })).toMatchObject({ state: 'present', carriedOver: true });
    expect(of('rollback-drill', { earlier: 'scoping' }).state).toBe('missing');
    expect(of('backtest', { earlier: 'g6' })).toMatchObject({
      state: 'missing',
      reason:
        'Backtest is missing: what there is was made for another version, and this one changed too much for it to count.',
    });
    expect(of('failure-paths-drill', 'other-version').state).toBe('missing');
    // What is known of the agent is known of it under any version.
    expect(of('kill-switch-drill', 'other-version').state).toBe('present');
  });

  it('is enough exactly when every required kind is present, whatever else lies there', () => {
    const kinds = Object.keys(EVIDENCE_KINDS).filter((kind): kind is EvidenceKind => kind in EVIDENCE_KINDS);
    const anyPiece = fc
      .record({
        kind: fc.constantFrom(...kinds),
        outcome: fc.constantFrom('passed', 'failed', 'given'),
        age: fc.integer({ min: -3, max: 400 }),
        about: fc.constantFrom<GivenEvidence['about'][]>(
          'agent',
          'this-version',
          'other-version',
          { earlier: 'g6' },
          { earlier: 'scoping' },
        ),
      })
      .map(({ kind, age, ...rest }) => piece(kind, { ...rest, producedAt: NOW - age * DAY }));
    fc.assert(
      fc.property(fc.constantFrom(...GATE_IDS), fc.array(anyPiece, { maxLength: 25 }), (gate, evidence) => {
        const whole = gateStanding(GATES[gate], evidence, [], NOW, 'UTC');
        expect(whole.ready).toBe(whole.evidence.every((each) => !each.required || each.state === 'present'));
        expect(whole.ready).toBe(whole.obstacle === null);
        for (const each of whole.evidence) {
          expect(each.todo === null).toBe(each.state === 'present');
          if (each.state === 'present') {
            expect(each.evidence?.outcome).not.toBe('failed');
            expect(each.evidence?.producedAt).toBeLessThanOrEqual(NOW + CLOCK_TOLERANCE_MS);
          }
        }
        // The order in which evidence is listed says nothing.
        expect(gateStanding(GATES[gate], evidence.toReversed(), [], NOW, 'UTC')).toEqual(whole);
        // Nor can time alone make anything fresher.
        const later = gateStanding(
          GATES[gate],
          evidence.filter((each) => each.producedAt <= NOW),
          [],
          NOW + 30 * DAY,
          'UTC',
        );
        const now = gateStanding(
          GATES[gate],
          evidence.filter((each) => each.producedAt <= NOW),
          [],
          NOW,
          'UTC',
        );
        if (later.ready) expect(now.ready).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
