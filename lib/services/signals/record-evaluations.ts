import type { Actor } from '@/lib/auth/actor';
import { evaluationsOf } from '@/lib/telemetry/evaluations';
import type { RawSpan } from '@/lib/telemetry/span';
import { recordAnew } from './take-signals';

const AT_ONCE = 500;

/**
 * Evaluations that spans carry, as signals of their runs; after the spans are committed, so that the runs are there. A span that
 * is sent again brings nothing new. Returns why some were not taken.
 */
export async function recordEvaluations(
  actor: Actor,
  spans: readonly RawSpan[],
  now: Date,
): Promise<string[]> {
  const evaluations = evaluationsOf(spans);
  const refused: string[] = [];
  for (let from = 0; from < evaluations.length; from += AT_ONCE) {
    const answers = await recordAnew(
      actor,
      evaluations.slice(from, from + AT_ONCE).map((each) => ({
        family: 'eval',
        metric: each.name,
        value: each.value,
        run: each.traceId,
        at: new Date(each.atUs / 1000),
        externalId: each.id,
        ...(each.label === null ? {} : { label: each.label }),
        ...(each.explanation === null ? {} : { note: each.explanation }),
      })),
      { source: 'otel', now },
    );
    for (const { reason, result } of answers)
      if (result === 'refused' && reason !== null) refused.push(`evaluation: ${reason}`);
  }
  return refused;
}
