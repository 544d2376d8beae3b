import type { LintFinding, LintLevel } from '@/lib/contract/lint';
import { plural } from '@/lib/format';

/** "2 errors, 1 warning", or that it is clean. */
export function lintTitle(findings: readonly LintFinding[]): string {
  const count = (level: LintLevel) => findings.filter((finding) => finding.level === level).length;
  const parts = (['error', 'warning'] as const).flatMap((level) =>
    count(level) === 0 ? [] : [plural(count(level), level)],
  );
  return parts.length === 0 ? 'Lint is clean' : parts.join(', ');
}
