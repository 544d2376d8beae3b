import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { parseContract } from '../parse';
import { BEHAVIOURS } from '../scenario-behaviours';
import { scenarioCoverage } from '../scenario-coverage';
import { readSuite, runSuite } from '../scenarios';
import { type Contract, contractSchema } from '../schema';
import { TEMPLATES, templateOf } from '../templates/all';
import { fillTemplate } from '../templates/fill';
import { addToSuite, suiteText } from './suite-text';
import { fromTemplate, fromTemplates } from './templates';

const NOW = Date.UTC(2026, 10, 21, 12);
const PEOPLE = {
  owner: 'owner@example.com',
  delegatedBy: 'head@example.com',
  sponsor: 'sponsor@example.com',
  engineeringLead: 'engineer@example.com',
  qa: 'qa@example.com',
  grc: 'grc@example.com',
  operator: 'operator@example.com',
  sre: 'sre@example.com',
};

function filled(id: string): Contract {
  const template = templateOf(id);
  if (template === undefined) throw new Error(id);
  const text = fillTemplate(template, {
    name: 'An agent',
    agent: 'an-agent',
    businessUnit: 'Motor',
    today: '2026-11-21',
    people: PEOPLE,
  });
  const parsed = parseContract(text, 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.contract;
}

function passes(contract: Contract, text: string): number {
  const read = readSuite(text);
  if (!read.ok) throw new Error(`${JSON.stringify(read.issues)}\n${text}`);
  const results = runSuite(contract, read.suite.scenarios, NOW);
  expect(results.filter((result) => !result.passed)).toEqual([]);
  return results.length;
}

describe('scenarios made from the contract at hand', { timeout: 60_000 }, () => {
  it.each(TEMPLATES.map((template) => template.id))('of %s read as a suite and pass', (id) => {
    const contract = filled(id);
    for (const behaviour of BEHAVIOURS) {
      const made = fromTemplate(contract, behaviour);
      if (made.scenarios.length === 0) expect(made.notes).not.toEqual([]);
      else expect(passes(contract, suiteText([made]))).toBe(made.scenarios.length);
    }
    expect(passes(contract, suiteText(fromTemplates(contract)))).toBeGreaterThan(8);
  });

  it('of claims processing show all six behaviours, with its own tools, ceilings and ways back', () => {
    const contract = filled('claims-processing');
    const text = suiteText(fromTemplates(contract));
    const read = readSuite(text);
    if (!read.ok) throw new Error(text);
    const results = runSuite(contract, read.suite.scenarios, NOW);
    const { behaviours, idle, clauses } = scenarioCoverage(contract, results);
    for (const behaviour of BEHAVIOURS) expect(behaviours[behaviour]).toBeGreaterThan(0);
    expect(idle.length).toBeLessThan(clauses.length / 2);
    const names = results.map((result) => result.name);
    expect(names).toContain('payments.draft without claim_id is refused');
    expect(names).toContain('payments.void takes back payments.draft');
    expect(names).toContain('A run that spent more than $2.00');
    expect(names).toContain('Forbidden: Deny a claim');
  });

  it('say what the runtime does not decide instead of pretending', () => {
    const { notes } = fromTemplate(filled('claims-processing'), 'missing-evidence');
    expect(notes.join(' ')).toContain('evidence/cover-checked is not decided call by call');
    const bare = contractSchema.parse(aContract({ cost: {}, tools: {} }));
    expect(fromTemplate(bare, 'cost-overrun')).toMatchObject({
      scenarios: [],
      notes: ['The contract sets no ceiling, so no cost is an overrun.'],
    });
  });

  it('tell of a way back that the contract itself refuses', () => {
    const contract = contractSchema.parse(
      aContract({
        tools: {
          'refunds.reverse': { server: 'payments', action: 'transact', categories: ['health'] },
        },
      }),
    );
    const { notes, scenarios } = fromTemplate(contract, 'rollback');
    expect(notes.join(' ')).toContain('refunds.reverse takes back refunds.pay, and the contract refuses it');
    expect(scenarios.map((scenario) => scenario.name)).not.toContain(
      'refunds.reverse takes back refunds.pay',
    );
  });

  it('are added behind what somebody wrote, and leave it as it was', () => {
    const contract = contractSchema.parse(aContract());
    const own = `# Mine.
scenarios:
  - name: One of mine # a note
    call: { tool: orders.get, arguments: { orderId: o-7 } }
    expect: { lane: allow }
`;
    const cost = fromTemplate(contract, 'cost-overrun');
    const text = addToSuite(own, [cost]);
    expect(text.startsWith(own.trimEnd())).toBe(true);
    expect(passes(contract, text)).toBe(1 + cost.scenarios.length);
    expect(passes(contract, addToSuite('contract: x.yaml\n', [cost]))).toBe(cost.scenarios.length);
    expect(passes(contract, addToSuite('scenarios: []\n', [cost]))).toBe(cost.scenarios.length);
    expect(passes(contract, addToSuite('', [cost]))).toBe(cost.scenarios.length);
  });
});
