import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSpanRisk, bandOf, emptyRiskSums, runRisk, spanRisk } from '@/lib/scoring/risk';
import { clausesOf } from '../clauses';
import { lint } from '../lint';
import { parseContract } from '../parse';
import type { Contract } from '../schema';
import { TEMPLATES } from './all';
import { fillTemplate } from './fill';
import { TEMPLATE_PEOPLE, type TemplateAnswers } from './template';

const PEOPLE = Object.fromEntries(TEMPLATE_PEOPLE.map((role) => [role, `${role.toLowerCase()}@example.com`]));
const ANSWERS: TemplateAnswers = {
  name: 'Desk: 7, "north"',
  agent: 'desk-7',
  businessUnit: 'Care & repairs #2',
  today: '2026-11-21',
  people: PEOPLE,
};

function read(source: string): Contract {
  const parsed = parseContract(source, 'yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues, null, 1));
  return parsed.contract;
}

describe.each(TEMPLATES.map((template) => [template.title, template] as const))('%s', (_, template) => {
  const contract = read(fillTemplate(template, ANSWERS));

  it('is a whole contract once the questions are answered', () => {
    expect(contract.identity).toMatchObject({
      name: ANSWERS.name,
      agent: 'desk-7',
      businessUnit: ANSWERS.businessUnit,
      principal: 'svc-desk-7',
      delegation: { by: 'delegatedby@example.com', on: '2026-11-21' },
    });
    expect(contract.ownership).toMatchObject({ sponsor: 'sponsor@example.com', sre: 'sre@example.com' });
    expect(fillTemplate(template, ANSWERS)).not.toMatch(/<[a-zA-Z]+>/);
  });

  it('lints clean, with people who hold their roles', () => {
    const roles: Record<string, string[]> = {
      owner: ['sponsor'],
      delegatedBy: ['head-of-ai'],
      sponsor: ['sponsor'],
      engineeringLead: ['engineer'],
      qa: ['qa'],
      grc: ['grc'],
      operator: ['operator'],
      sre: ['sre'],
    };
    const people = new Map(Object.entries(PEOPLE).map(([seat, email]) => [email, roles[seat] ?? []]));
    people.set('expert@example.com', ['sme']);
    const findings = lint(contract, { today: ANSWERS.today, people });
    expect(findings.filter((finding) => finding.level !== 'note')).toEqual([]);
  });

  it('teaches: every section has notes, and no line is wider than a page', () => {
    const lines = template.source.split('\n');
    expect(lines.filter((line) => line.includes('#')).length).toBeGreaterThan(15);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  it('binds each criterion to a signal and each forbidden act to what would be the act', () => {
    for (const criterion of contract.quality.criteria)
      expect(criterion).toMatchObject({ signal: expect.any(String), metric: expect.any(String) });
    for (const act of contract.scope.forbidden) {
      expect(act.tools.length + act.actions.length + act.categories.length, act.id).toBeGreaterThan(0);
      for (const tool of act.tools) expect(contract.tools).not.toHaveProperty([tool]);
      for (const entry of Object.values(contract.tools)) {
        expect(act.actions).not.toContain(entry.action);
        for (const category of entry.categories) expect(act.categories).not.toContain(category);
      }
    }
  });

  it('says which data each tool touches, and weighs all of it', () => {
    for (const [name, entry] of Object.entries(contract.tools)) {
      expect(entry.categories.length, name).toBeGreaterThan(0);
      for (const category of entry.categories)
        expect(contract.risk.categories, `${name}: ${category}`).toHaveProperty([category]);
    }
  });

  it('calls an ordinary run low risk, and one that touches forbidden data at least medium', () => {
    const { risk, tools, scope } = contract;
    const sums = emptyRiskSums();
    for (const entry of Object.values(tools)) addSpanRisk(sums, spanRisk(risk, entry));
    expect(bandOf(risk.thresholds, runRisk(risk, sums))).toBe('low');
    const heaviest = Object.values(tools).toSorted((a, b) => spanRisk(risk, b) - spanRisk(risk, a))[0];
    for (const category of scope.forbidden.flatMap((act) => act.categories)) {
      if (heaviest === undefined) continue;
      const over = { ...emptyRiskSums(), ...sums };
      addSpanRisk(over, spanRisk(risk, { ...heaviest, categories: [...heaviest.categories, category] }));
      expect(bandOf(risk.thresholds, runRisk(risk, over)), category).not.toBe('low');
    }
  });

  it('names every clause once', () => {
    const paths = clausesOf(contract).map((clause) => clause.path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('reads as missing, at its place, whoever is not known yet', () => {
    const { operator: _, ...people } = PEOPLE;
    const parsed = parseContract(fillTemplate(template, { ...ANSWERS, people }), 'yaml');
    expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.path)).toEqual(['ownership/operator']);
  });

  it('keeps the step of the escalation path for a sponsor who is not known yet', () => {
    const { sponsor: _, ...people } = PEOPLE;
    const parsed = parseContract(fillTemplate(template, { ...ANSWERS, people }), 'yaml');
    const steps = read(fillTemplate(template, ANSWERS)).ownership.escalation;
    const at = steps.findIndex((step) => step.to === 'sponsor@example.com');
    expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.path).toSorted()).toEqual([
      ...(at === -1 ? [] : [`ownership/escalation/${at}/to`]),
      'ownership/sponsor',
    ]);
  });

  it('pages nobody twice when one person has several roles', () => {
    const people = Object.fromEntries(TEMPLATE_PEOPLE.map((role) => [role, 'one@example.com']));
    expect(read(fillTemplate(template, { ...ANSWERS, people })).ownership.escalation).toEqual([]);
  });
});

it('whatever a name is made of, it is read back as it was given', { timeout: 60_000 }, () => {
  const [template] = TEMPLATES;
  const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => {
    // One line of text as an input field gives it.
    return text.trim() === text && text !== '' && !/[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]/u.test(text);
  });
  fc.assert(
    fc.property(line, line, (name, businessUnit) => {
      if (template === undefined) return;
      const contract = read(fillTemplate(template, { ...ANSWERS, name, businessUnit }));
      expect(contract.identity).toMatchObject({ name, businessUnit });
    }),
  );
});

it('ids and titles are each of one template', () => {
  expect(new Set(TEMPLATES.map((template) => template.id)).size).toBe(TEMPLATES.length);
  expect(new Set(TEMPLATES.map((template) => template.title)).size).toBe(TEMPLATES.length);
});
