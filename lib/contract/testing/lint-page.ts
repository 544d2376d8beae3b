import { LINT_RULES } from '../lint';
import { NOT_ENFORCED } from '../lint-rules/run-time';

/** The tables of docs/lint.md, made from the rules. */
export function lintPage(): string {
  return [
    '| rule | level | found when | why it matters |',
    '|---|---|---|---|',
    ...LINT_RULES.map(({ id, level, what, why }) => `| \`${id}\` | ${level} | ${what} | ${why} |`),
    '',
    '## Agreed, and not enforced while the agent runs',
    '',
    '| clause | what | instead |',
    '|---|---|---|',
    ...NOT_ENFORCED.map(({ clause, what, instead }) => `| \`${clause}\` | ${what} | ${instead} |`),
  ].join('\n');
}
