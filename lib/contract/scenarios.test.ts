import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { decidingClauses, missingBehaviours, scenarioCoverage } from './scenario-coverage';
import { readSuite, runSuite } from './scenarios';
import { contractSchema } from './schema';

const NOW = Date.UTC(2026, 10, 21, 12);
const CONTRACT = contractSchema.parse(aContract());

function run(text: string) {
  const read = readSuite(text);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return runSuite(CONTRACT, read.suite.scenarios, NOW);
}

function faults(text: string) {
  const read = readSuite(text);
  return read.ok ? [] : read.issues;
}

describe('reading a suite', () => {
  it('names each fault with its line and what was expected', () => {
    expect(
      faults(`scenarios:
  - name: pays
    call: { tol: refunds.pay }
    expect: { lane: maybe }
`),
    ).toEqual([
      expect.objectContaining({ path: 'scenarios/0/call/tool', line: 3, message: '"tool" is missing.' }),
      expect.objectContaining({ path: 'scenarios/0/call/tol', line: 3, message: '"tol" is not known here.' }),
      expect.objectContaining({
        path: 'scenarios/0/expect/lane',
        line: 4,
        expected: 'one of allow, degrade, escalate, block',
      }),
    ]);
    expect(faults('scenarios: [')[0]).toMatchObject({ line: 1 });
    expect(faults('')).toHaveLength(1);
    expect(faults('scenarios: []')[0]?.expected).toBe('at least 1 of them');
  });

  it('refuses a suite that would keep its runner busy, and aliases that unfold without end', () => {
    const many = Array.from({ length: 30 }, (_, n) => `        - { tool: t${n}, times: 10000 }`).join('\n');
    expect(
      faults(`scenarios:
  - name: long
    given:
      calls:
${many}
    call: { tool: x }
    expect: { lane: block }
`)[0]?.message,
    ).toContain('at most 200000 past calls');
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
scenarios: [*c, *c, *c, *c]
`;
    expect(faults(bomb)).toHaveLength(1);
  });
});

describe('running a suite', () => {
  it('answers a call behind a kill switch, and of a stopped run, as the runtime does', () => {
    const [behind, stopped] = run(`scenarios:
  - name: behind the kill switch
    given: { killSwitch: true }
    call: { tool: policy.search }
    expect: { lane: block, clause: failure/killSwitch }
  - name: stopped
    given: { status: stopped }
    call: { tool: policy.search }
    expect: { lane: block, clause: run/status }
`);
    expect(behind?.passed).toBe(true);
    expect(stopped?.passed).toBe(true);
  });

  it('says in words how the contract differs from what was expected', () => {
    const [result] = run(`scenarios:
  - name: pays a thousand by itself
    call: { tool: refunds.pay, arguments: { orderId: o-1, amount: 2000 } }
    expect: { lane: allow, by: sponsor }
`);
    expect(result).toMatchObject({
      passed: false,
      differences: [
        'Expected allow, got escalate: the contract is narrower than expected.',
        'Expected sponsor to be asked; operator is.',
      ],
      answer: { lane: 'escalate', by: ['operator'] },
    });
  });
});

describe('which clauses a suite exercises', () => {
  it('counts the clauses that objected and those that let a call pass', () => {
    const results = run(`scenarios:
  - name: small refund
    behaviour: rollback
    call: { tool: refunds.pay, arguments: { orderId: o-1, amount: 20 } }
    expect: { lane: allow }
  - name: no arguments
    call: { tool: orders.get }
    expect: { lane: block }
`);
    const coverage = scenarioCoverage(CONTRACT, results);
    const exercised = coverage.clauses.filter((clause) => !coverage.idle.includes(clause));
    expect(exercised).toEqual([
      'scope/actions',
      'tools/orders.get',
      'tools/orders.get/arguments',
      'tools/refunds.pay',
      'authority/level',
      'authority/small-refunds',
    ]);
    expect(coverage.behaviours.rollback).toBe(1);
    expect(missingBehaviours(coverage)).toHaveLength(5);
  });

  it('knows every clause that can object', () => {
    const clauses = decidingClauses(CONTRACT);
    for (const clause of [
      'scope/forbidden/no-health-data',
      'tools/notes.add/rateLimit',
      'authority/defaults/transact',
      'authority/large-refunds',
      'cost/repeatedCalls',
      'failure/killSwitch',
    ])
      expect(clauses).toContain(clause);
    expect(new Set(clauses).size).toBe(clauses.length);
  });
});
