import { z } from 'zod';
import { cleanName } from '@/lib/evidence/clean-name';
import { checkedCount, type EvalResults, type EvalSample, faulty, PASS_RATE } from './eval-results';

/** Of a test that broke (not merely failed), as promptfoo numbers its reasons. */
const BROKE = 2;

const assertionSchema = z.looseObject({
  metric: z.string().nullish(),
  assert: z.array(z.unknown()).nullish(),
});
const caseSchema = z.looseObject({
  description: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  assert: z.array(z.unknown()).nullish(),
});
const resultSchema = z.looseObject({
  success: z.boolean(),
  failureReason: z.number().nullish(),
  namedScores: z.record(z.string(), z.number().nullable()).nullish(),
  testIdx: z.number().nullish(),
  description: z.string().nullish(),
  testCase: caseSchema.nullish(),
});
const summarySchema = z.looseObject({ timestamp: z.string().nullish(), results: z.array(resultSchema) });
const metadataSchema = z.looseObject({ promptfooVersion: z.string() });

/** Whether a JSON value is what promptfoo writes: its output file, or the summary inside it. */
export function isPromptfoo(value: unknown): boolean {
  const rows = rowsOf(value) ?? [];
  return rows.some((row) => typeof row === 'object' && row !== null && 'success' in row);
}

/**
 * promptfoo's output (`promptfoo eval -o results.json`). Each named score (an assertion's `metric`) is a result of its own
 * name; whether the whole test passed is one more, by the test's `metadata.criterion` or description, else as "pass rate".
 * A test that broke counts as failed in everything it would have measured.
 *
 * Throws `invalid` with where the first fault stands.
 */
export function readPromptfoo(value: unknown): EvalResults {
  const summary = summaryOf(value);
  const parsed = summarySchema.safeParse(summary);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw faulty('promptfoo does not write this here.', { path: issue?.path.join('/') ?? '' });
  }
  const samples: EvalSample[] = [];
  let errored = 0;
  parsed.data.results.forEach((result, index) => {
    const about = result.testCase ?? {};
    const name =
      cleanName(about.description ?? result.description ?? '') ?? `test ${(result.testIdx ?? index) + 1}`;
    const broke = result.failureReason === BROKE;
    if (broke) errored += 1;
    const named = new Map<string, number>();
    if (broke) for (const metric of metricsOf(about.assert ?? [])) named.set(metric, 0);
    for (const [metric, score] of Object.entries(result.namedScores ?? {})) {
      if (score === null)
        throw faulty(`The score "${metric.slice(0, 100)}" of ${name} is not a number.`, {
          path: `results/${index}/namedScores`,
        });
      named.set(metric, broke ? 0 : score);
    }
    for (const [metric, score] of named)
      samples.push({
        names: [cleanName(metric) ?? 'unnamed metric'],
        case: name,
        score,
        share: false,
        count: 1,
      });
    samples.push({
      names: wholeTest(about.metadata, name),
      case: name,
      score: result.success ? 1 : 0,
      share: true,
      count: 1,
    });
  });
  const version = metadataSchema.safeParse(member(value, 'metadata'));
  const ranAt = Date.parse(parsed.data.timestamp ?? '');
  return checkedCount({
    format: 'promptfoo',
    tool: version.success ? `promptfoo ${version.data.promptfooVersion.slice(0, 40)}` : 'promptfoo',
    ranAt: Number.isNaN(ranAt) ? null : new Date(ranAt),
    samples,
    skipped: 0,
    errored,
  });
}

/** What a criterion may call the test as a whole. */
function wholeTest(
  metadata: Record<string, unknown> | null | undefined,
  name: string,
): [string, ...string[]] {
  const given = [metadata?.criterion, metadata?.metric].flatMap((each) => {
    const text = typeof each === 'string' ? cleanName(each) : null;
    return text === null ? [] : [text];
  });
  const [first, ...rest] = [...given, name];
  return first === undefined ? [PASS_RATE] : [first, ...rest, PASS_RATE];
}

/** The metrics a test's assertions would have given, those in sets included. */
function metricsOf(assertions: readonly unknown[], depth = 0): string[] {
  return assertions.flatMap((each) => {
    const parsed = assertionSchema.safeParse(each);
    if (!parsed.success || depth > 5) return [];
    const { metric, assert } = parsed.data;
    // A metric may be a template of the test's variables, which was not filled in.
    return [...(metric && !metric.includes('{{') ? [metric] : []), ...metricsOf(assert ?? [], depth + 1)];
  });
}

/** The summary: under `results` in the file, or the value itself. */
function summaryOf(value: unknown): unknown {
  const inner = member(value, 'results');
  return Array.isArray(inner) ? value : inner;
}

function rowsOf(value: unknown): unknown[] | null {
  const rows = member(summaryOf(value), 'results');
  return Array.isArray(rows) ? rows : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}
