import { explain } from '@/lib/decision/explain';
import type { Finding } from '@/lib/decision/types';
import type { DecisionAnswer } from './ask';
import type { NewDecision } from './stored-decisions';

/** The part of every answer in a run that is the same: JSON from the contract to the time. */
export function sameInRun(contract: DecisionAnswer['contract'], run: DecisionAnswer['run']): string {
  return `"undecided":[],"contract":${JSON.stringify(contract)},"run":${JSON.stringify(run)},"decidedAt":"`;
}

/**
 * A `DecisionAnswer` as JSON. Written by hand, because most of it is known and what is not needs no escaping.
 *
 * @param inRun what `sameInRun` gave for the run
 */
export function answerText(inRun: string, row: NewDecision): string {
  const clauses = row.findings.length === 0 ? '[]' : JSON.stringify(row.findings.map(withMessage));
  const obligations = row.obligations.length === 0 ? '[]' : JSON.stringify(row.obligations);
  return `{"id":"${row.id}","lane":"${row.lane}","clauses":${clauses},"obligations":${obligations},${inRun}${isoTime(row.decidedAt)}"}`;
}

/** A finding as an answer names it: with a sentence for a person. */
export function withMessage(finding: Finding): DecisionAnswer['clauses'][number] {
  return { ...finding, message: explain(finding) };
}

let latestMs = Number.NaN;
let latestText = '';

/** ISO 8601. Many answers are of the same millisecond. */
function isoTime(ms: number): string {
  if (ms !== latestMs) {
    latestText = new Date(ms).toISOString();
    latestMs = ms;
  }
  return latestText;
}
