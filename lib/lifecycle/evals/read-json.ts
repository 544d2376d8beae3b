import { z } from 'zod';
import { messageOf } from '@/lib/contract/expected';
import { cleanName } from '@/lib/evidence/clean-name';
import { checkedCount, type EvalResults, faulty } from './eval-results';
import { isPromptfoo, readPromptfoo } from './read-promptfoo';

const resultSchema = z
  .strictObject({
    /** A criterion's id, its metric, or its clause. */
    name: z.string().min(1).max(500),
    case: z.string().max(500).optional(),
    passed: z.boolean().optional(),
    score: z.number().optional(),
    samples: z.int().min(1).max(1_000_000_000).default(1),
  })
  .refine((result) => (result.passed === undefined) !== (result.score === undefined), {
    message: 'Either "passed" or "score" is needed, and only one of them.',
  });
const bodySchema = z.strictObject({
  tool: z.string().max(100).optional(),
  ranAt: z.iso.datetime({ offset: true }).optional(),
  results: z.array(resultSchema),
});

/**
 * Results as JSON: `{ tool?, ranAt?, results: [{ name, case?, passed | score, samples? }] }`, or what promptfoo writes.
 *
 * Throws `invalid` with the path of the first fault; the same case twice for the same name is one.
 */
export function readJson(text: string): EvalResults {
  const value = parsed(text);
  if (isPromptfoo(value)) return readPromptfoo(value);
  const body = bodySchema.safeParse(value, { reportInput: true });
  if (!body.success) {
    const [issue] = body.error.issues;
    throw faulty(
      issue === undefined
        ? 'This is not a list of results.'
        : issue.code === 'unrecognized_keys'
          ? `${issue.keys.map((key) => `"${key.slice(0, 50)}"`).join(', ')} is not known here.`
          : issue.code === 'custom'
            ? issue.message
            : messageOf(issue, issue.input === undefined),
      { path: issue?.path.join('/') ?? '' },
    );
  }
  const { tool, ranAt, results } = body.data;
  const seen = new Map<string, number>();
  return checkedCount({
    format: 'json',
    tool: tool === undefined ? null : cleanName(tool),
    ranAt: ranAt === undefined ? null : new Date(ranAt),
    samples: results.map((result, index) => {
      const at = `results/${index}`;
      const name = cleanName(result.name);
      if (name === null) throw faulty('It does not say which criterion it is about.', { path: `${at}/name` });
      const named = cleanName(result.case ?? '');
      const key = JSON.stringify([name, named]);
      const before = seen.get(key);
      if (before !== undefined && (named !== null || result.samples > 1))
        throw faulty(
          `"${named === null ? name : `${name}, ${named}`}" stands at results/${before} already, and would be counted twice.`,
          { path: at },
        );
      seen.set(key, index);
      return {
        names: [name],
        case: named ?? `result ${index + 1}`,
        score: result.score ?? (result.passed === true ? 1 : 0),
        share: result.score === undefined,
        count: result.samples,
      };
    }),
    skipped: 0,
    errored: 0,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    // NaN and Infinity are what some tools write, and no JSON.
    const literal = /(?:^|[[:,\s])(-?(?:NaN|Infinity))\b/.exec(text)?.[1];
    if (
      literal !== undefined &&
      /Unexpected token|not valid JSON/.test(error instanceof Error ? error.message : '')
    )
      throw faulty(
        `This is not JSON: ${literal} is no number there. Leave such results out or give them a score.`,
      );
    throw faulty('This is not JSON.');
  }
}
