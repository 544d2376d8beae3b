import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { ROUTE_WORDS, ROUTES } from '../contract/change-row';
import { EVIDENCE_KINDS } from './evidence-kinds';
import { GATE_IDS, GATES } from './gates';
import { CARRIES_OVER, REQUIRED_GATES } from './required-gates';

const DOCS = readFileSync('docs/gates.md', 'utf8');

it('docs/gates.md says what the tables say', () => {
  for (const id of GATE_IDS) {
    const { question, roles, evidence, openDays } = GATES[id];
    const asked = evidence.map(({ kind, freshDays }) =>
      `${EVIDENCE_KINDS[kind].title} ${freshDays ?? ''}`.trim(),
    );
    const signed = roles.map((role) => ROLE_TITLES[role]);
    expect(DOCS).toContain(
      `| ${id} | ${question} | ${signed.join(', ')} | ${asked.join(', ')} | ${openDays} days |`,
    );
  }
  expect(DOCS).toContain(`| first version | ${REQUIRED_GATES.first.join(', ')} |`);
  for (const route of ROUTES) {
    const kind = ROUTE_WORDS[route].kind.toLowerCase();
    expect(DOCS).toContain(`| ${kind} | ${REQUIRED_GATES[route].join(', ')} |`);
    const carried = CARRIES_OVER[route].map((each) => EVIDENCE_KINDS[each].title).join(', ');
    expect(DOCS).toContain(`| ${kind} | ${carried || 'none'} |`);
  }
});
