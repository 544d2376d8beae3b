import { readSuite, runSuite, type ScenarioResult } from '@/lib/contract/scenarios';
import type { Contract } from '@/lib/contract/schema';
import type { Issue } from '@/lib/errors';

export interface RanText {
  results: ScenarioResult[];
  /** Why it cannot be run; empty when it could. */
  issues: Issue[];
}

/** A suite's text, run here and now through the functions that decide at run time. */
export function runText(contract: Contract, source: string, now: number): RanText {
  const read = readSuite(source);
  if (!read.ok) return { results: [], issues: read.issues };
  return { results: runSuite(contract, read.suite.scenarios, now), issues: [] };
}

/** "18 of 18 pass". */
export function passWords({ results, issues }: RanText): string {
  if (issues.length > 0) return 'does not read';
  const passed = results.filter((result) => result.passed).length;
  return `${passed} of ${results.length} pass`;
}
