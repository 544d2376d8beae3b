import { sectionOf } from './clauses';
import { AFTERMATH_RULES } from './lint-rules/aftermath';
import { AUTHORITY_RULES } from './lint-rules/authority';
import { FIGURE_RULES } from './lint-rules/authority-figures';
import { DUTY_RULES } from './lint-rules/duties';
import { EXPERT_REVIEW_RULES } from './lint-rules/expert-review';
import { LIMIT_RULES } from './lint-rules/limits';
import type { LintContext, LintFinding, LintLevel, LintRule } from './lint-rules/lint-rule';
import { OWNER_RULES } from './lint-rules/owners';
import { RUN_TIME_RULES } from './lint-rules/run-time';
import { TOOL_RULES } from './lint-rules/tools';
import { type Contract, SECTIONS } from './schema';

export type { LintContext, LintFinding, LintLevel } from './lint-rules/lint-rule';

/** Every rule; docs/lint.md shows them, and a test compares. */
export const LINT_RULES: readonly LintRule[] = [
  ...TOOL_RULES,
  ...AUTHORITY_RULES,
  ...FIGURE_RULES,
  ...OWNER_RULES,
  ...LIMIT_RULES,
  ...DUTY_RULES,
  ...EXPERT_REVIEW_RULES,
  ...AFTERMATH_RULES,
  ...RUN_TIME_RULES,
];

const LEVELS: readonly LintLevel[] = ['error', 'warning', 'note'];
const SECTION_ORDER = new Map(SECTIONS.map(({ key }, index) => [key, index]));

/**
 * What is wrong or doubtful in a contract that is sound by itself: the worst first, then as a contract is read. Pure;
 * milliseconds for the largest contracts (bench `diff`).
 */
export function lint(contract: Contract, context: LintContext): LintFinding[] {
  const findings = LINT_RULES.flatMap(({ id, level, why, find }) =>
    find(contract, context).map((found): LintFinding => ({ rule: id, level, why, ...found })),
  );
  const place = (finding: LintFinding) =>
    LEVELS.indexOf(finding.level) * 100 + (SECTION_ORDER.get(sectionOf(finding.clause) ?? 'identity') ?? 0);
  return findings.sort((a, b) => place(a) - place(b));
}

/** Clean is: no error and no warning. Notes are there to be read. */
export function isClean(findings: readonly LintFinding[]): boolean {
  return findings.every((finding) => finding.level === 'note');
}
