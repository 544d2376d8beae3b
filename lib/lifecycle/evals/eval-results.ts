import { AppError, type Issue } from '@/lib/errors';

/** How one case went in one respect, whatever tool measured it. */
export interface EvalSample {
  /**
   * What a criterion may call it (a metric, a criterion's id, a clause), the most telling first. The last one is what it
   * is listed under when no criterion takes it.
   */
  names: readonly [string, ...string[]];
  /** What the tool calls the case. */
  case: string;
  /** 1 and 0 for passed and failed. */
  score: number;
  /** True when the score is a share of 1 by nature: passed or failed, or written as per cent. */
  share: boolean;
  /** How many cases it stands for. */
  count: number;
}

/** What a tool's tests as a whole are listed under, beside the metrics they measured. */
export const PASS_RATE = 'pass rate';

/** What a file of eval results says, in one shape for all tools. */
export interface EvalResults {
  format: 'promptfoo' | 'junit' | 'csv' | 'json';
  /** The tool as it names itself, e.g. "promptfoo 0.120.1"; null when it does not. */
  tool: string | null;
  /** When the evals ran, as the results say; null when they do not. */
  ranAt: Date | null;
  samples: EvalSample[];
  /** Cases that did not run; they count for nothing. */
  skipped: number;
  /** Cases that broke instead of failing; they are among the samples, as failed. */
  errored: number;
}

/** More cases than any suite has; a bound on what one upload can cost. */
const MOST_SAMPLES = 200_000;

/** Throws `too_large` when there are more results than are read, `invalid` when there is none. */
export function checkedCount(results: EvalResults): EvalResults {
  if (results.samples.length > MOST_SAMPLES)
    throw new AppError(
      'too_large',
      `At most ${MOST_SAMPLES.toLocaleString('en')} results are read at once; send the totals of each criterion instead.`,
    );
  if (results.samples.length === 0)
    throw new AppError(
      'invalid',
      results.skipped === 0
        ? 'There is no result in it.'
        : `Nothing in it ran: all ${results.skipped} cases were skipped.`,
    );
  return results;
}

/** A fault of a file of results, at a line or a path in it. */
export function faulty(message: string, at: { path?: string; line?: number } = {}): AppError {
  const issue: Issue = {
    path: at.path ?? '',
    message,
    ...(at.line === undefined ? {} : { line: at.line }),
  };
  const place = at.line === undefined ? (at.path ? `${at.path}: ` : '') : `Line ${at.line}: `;
  return new AppError('invalid', `${place}${message}`, { issues: [issue] });
}
