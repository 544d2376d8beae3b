import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { applyEdits } from './edit-source';
import { changedClauses, mergeDrafts } from './merge-drafts';
import { randomContract } from './testing/random-contract';

const yaml = (changes: ContractChanges = {}) => stringify(aContract(changes), { lineWidth: 0 });
const base = yaml();

describe('two changes of one draft', () => {
  it('to different clauses are both kept, with the comments of both', () => {
    const mine = base.replace('perRun: 0.5', 'perRun: 0.75 # agreed on Monday');
    const theirs = base.replace('latencyMs: 30000', 'latencyMs: 20000 # as measured');
    const { source, conflicts } = mergeDrafts({ base, mine, theirs });
    expect(conflicts).toEqual([]);
    expect(source).toContain('perRun: 0.75 # agreed on Monday');
    expect(source).toContain('latencyMs: 20000 # as measured');
  });

  it('to different fields on one line are both kept', () => {
    const text = 'cost: { perRun: 1, perDay: 10 } # dollars\n';
    const { source, conflicts } = mergeDrafts({
      base: text,
      mine: text.replace('perRun: 1', 'perRun: 2'),
      theirs: text.replace('perDay: 10', 'perDay: 20'),
    });
    expect({ source, conflicts }).toEqual({
      source: 'cost: { perRun: 2, perDay: 20 } # dollars\n',
      conflicts: [],
    });
  });

  it('to the same clause are a conflict that shows both values, and nothing is guessed', () => {
    const mine = base.replace('perRun: 0.5', 'perRun: 2').replace('perDay: 100', 'perDay: 50');
    const theirs = base.replace('perRun: 0.5', 'perRun: 3');
    expect(mergeDrafts({ base, mine, theirs }).conflicts).toEqual([
      { clause: 'cost/perRun', base: 0.5, mine: 2, theirs: 3 },
    ]);
    for (const [side, value] of [
      ['mine', 2],
      ['theirs', 3],
    ] as const) {
      const chosen = mergeDrafts({ base, mine, theirs }, new Map([['cost/perRun', side]]));
      expect(chosen.conflicts).toEqual([]);
      expect(parse(chosen.source).cost).toMatchObject({ perRun: value, perDay: 50 });
    }
  });

  it('of thresholds are one change, never half of each', () => {
    const mine = yaml({ risk: { thresholds: { medium: 10, high: 20, critical: 25 } } });
    const theirs = yaml({ risk: { thresholds: { medium: 22, high: 30, critical: 60 } } });
    expect(mergeDrafts({ base, mine, theirs }).conflicts.map((conflict) => conflict.clause)).toEqual([
      'risk/thresholds',
    ]);
  });

  it('that both add a rule keep both rules; a rule one removes and the other changes is asked about', () => {
    const rules = aContract().authority.rules ?? [];
    const rule = (id: string) => ({ id, tier: 'never' as const });
    const [first, second] = rules;
    if (first === undefined || second === undefined) throw new Error('two rules are given');
    const both = mergeDrafts({
      base,
      mine: yaml({ authority: { rules: [rule('mine'), ...rules] } }),
      theirs: yaml({ authority: { rules: [...rules, rule('theirs')] } }),
    });
    expect(both.conflicts).toEqual([]);
    expect(parse(both.source).authority.rules.map((each: { id: string }) => each.id)).toEqual([
      'mine',
      'small-refunds',
      'large-refunds',
      'theirs',
    ]);
    const asked = mergeDrafts({
      base,
      mine: yaml({ authority: { rules: [first] } }),
      theirs: yaml({ authority: { rules: [first, { ...second, withinMinutes: 5 }] } }),
    });
    expect(asked.conflicts).toMatchObject([
      { clause: 'authority/large-refunds', mine: undefined, theirs: { withinMinutes: 5 } },
    ]);
  });

  it('while one does not read as YAML are joined by lines, or else asked about as a whole', () => {
    const broken = base.replace('perRun: 0.5', 'perRun: [0.5');
    const theirs = base.replace('latencyMs: 30000', 'latencyMs: 20000');
    expect(mergeDrafts({ base, mine: broken, theirs })).toEqual({
      source: broken.replace('latencyMs: 30000', 'latencyMs: 20000'),
      conflicts: [],
    });
    const same = base.replace('perRun: 0.5', 'perRun: 9');
    expect(mergeDrafts({ base, mine: broken, theirs: same }).conflicts).toEqual([
      { clause: '', base, mine: broken, theirs: same },
    ]);
    expect(mergeDrafts({ base, mine: broken, theirs: same }, 'mine').source).toBe(broken);
  });

  it('that do the same are one', () => {
    const mine = base.replace('perRun: 0.5', 'perRun: 2');
    expect(mergeDrafts({ base, mine, theirs: mine })).toEqual({ source: mine, conflicts: [] });
  });

  it('of any two contracts: what only one changed is never asked about, and what is chosen holds throughout', () => {
    fc.assert(
      fc.property(randomContract, randomContract, randomContract, (a, b, c) => {
        const texts = { base: stringify(a), mine: stringify(b), theirs: stringify(c) };
        expect(mergeDrafts({ ...texts, theirs: texts.base })).toEqual({ source: texts.mine, conflicts: [] });
        const { conflicts } = mergeDrafts(texts);
        const mine = changedClauses(texts.base, texts.mine);
        for (const { clause } of conflicts)
          expect(mine.some((each) => each === clause || each.startsWith(`${clause}/`))).toBe(true);
        expect(mergeDrafts(texts, 'mine').conflicts).toEqual([]);
        expect(parse(mergeDrafts(texts, 'theirs').source)).toBeTypeOf('object');
      }),
      { numRuns: 25 },
    );
  });
});

describe('the clauses that changed', () => {
  it('have their finest names', () => {
    const after = applyEdits(base, [
      { op: 'set', path: ['cost', 'perRun'], value: 9 },
      { op: 'set', path: ['authority', 'rules', 0, 'tier'], value: 'never' },
      { op: 'remove', path: ['tools', 'accounts.delete'] },
      { op: 'set', path: ['risk', 'thresholds', 'high'], value: 31 },
      { op: 'insert', path: ['scope', 'tasks'], index: 0, value: { id: 'first', statement: 'First.' } },
    ]);
    expect(changedClauses(base, after).sort()).toEqual([
      'authority/small-refunds/tier',
      'cost/perRun',
      'risk/thresholds',
      'scope/tasks/first',
      'tools/accounts.delete',
    ]);
    expect(changedClauses(base, 'a: [')).toEqual(['']);
    expect(changedClauses(base, `# only a note\n${base}`)).toEqual([]);
  });
});
