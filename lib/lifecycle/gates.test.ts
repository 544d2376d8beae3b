import { describe, expect, it } from 'vitest';
import { ROLES } from '@/lib/auth/roles';
import { EVIDENCE_KINDS } from './evidence-kinds';
import { GATE_IDS, GATES, gateFrom, gatesBefore, gatesFrom, meaningOf, SIGNING_ROLES } from './gates';
import { CARRIES_OVER, REQUIRED_GATES } from './required-gates';
import { fallbackTargets, STAGES } from './stages';

describe('the table of gates', () => {
  it('leads from each stage to the next, and G6 back to Production', () => {
    expect(GATE_IDS.map((id) => GATES[id].from)).toEqual([...STAGES]);
    expect(GATE_IDS.map((id) => GATES[id].to)).toEqual([...STAGES.slice(1), 'production']);
    for (const stage of STAGES) expect(GATES[gateFrom(stage)].from).toBe(stage);
  });

  it('names only roles that a workspace has, each with what its signature means', () => {
    for (const role of SIGNING_ROLES) expect(ROLES).toContain(role);
    for (const id of GATE_IDS)
      for (const role of GATES[id].roles) expect(meaningOf(id, role, '$& v1')).toMatch(/^I .*[^.]\.$/);
    expect(meaningOf('G4', 'grc', 'Claims processor v1.4')).toBe(
      'I approve Claims processor v1.4 to operate under real-world risk, on the evidence listed here.',
    );
    expect(() => meaningOf('G4', 'qa', 'it')).toThrow(RangeError);
  });

  it('asks for the evidence the design names, and says how long each counts', () => {
    expect(
      Object.fromEntries(GATE_IDS.map((id) => [id, GATES[id].evidence.map((each) => each.kind)])),
    ).toEqual({
      G1: ['baseline', 'value', 'autonomy-readiness'],
      G2: ['lint'],
      G3: ['scenarios', 'evals'],
      G4: ['backtest', 'kill-switch-drill', 'failure-paths-drill', 'rollback-drill', 'risk-review'],
      G5: ['rollout', 'paging-drill'],
      G6: ['drift', 'signals'],
    });
    for (const id of GATE_IDS)
      for (const each of GATES[id].evidence) expect(each.freshDays ?? 1).toBeGreaterThan(0);
  });

  it('asks a longer way for every gate that a shorter one asks for, and carries less over', () => {
    expect(REQUIRED_GATES.first).toEqual(['G1', ...REQUIRED_GATES.scoping]);
    expect(REQUIRED_GATES.scoping).toEqual(expect.arrayContaining([...REQUIRED_GATES.build]));
    for (const kind of CARRIES_OVER.scoping) expect(CARRIES_OVER.build).toContain(kind);
    for (const kind of CARRIES_OVER.build) expect(CARRIES_OVER.g6).toContain(kind);
    for (const kind of CARRIES_OVER.g6) expect(EVIDENCE_KINDS[kind].speaksOf).toBe('version');
  });

  it('sends back to any earlier stage, and asks for the gates from there on again', () => {
    expect(fallbackTargets('discovery')).toEqual([]);
    expect(fallbackTargets('review')).toEqual(['discovery', 'scoping', 'build']);
    expect(gatesFrom('build')).toEqual(['G3', 'G4', 'G5', 'G6']);
    for (const stage of STAGES)
      expect(gatesFrom(stage)).toEqual(GATE_IDS.slice(gatesBefore(gateFrom(stage)).length));
  });
});
