import { wordValue } from '../scoring/signal-mapping';
import type { JsonValue, RawSpan } from './span';

/** An evaluation that a span carries: an event `gen_ai.evaluation.result`, or the attributes of it on the span itself. */
export interface Evaluation {
  traceId: string;
  /** The same however often the span is sent. */
  id: string;
  name: string;
  /** A score, or what its label says: passed or failed. */
  value: number | boolean;
  label: string | null;
  explanation: string | null;
  atUs: number;
}

const EVENT = 'gen_ai.evaluation.result';
const NAME = 'gen_ai.evaluation.name';

/** The evaluations in these spans. One that has neither a score nor a label that says pass or fail says nothing countable. */
export function evaluationsOf(spans: readonly RawSpan[]): Evaluation[] {
  const found: Evaluation[] = [];
  for (const span of spans) {
    if (span.attributes[NAME] !== undefined) {
      const own = read(span, span.attributes, span.startUs + span.durationUs, '');
      if (own !== null) found.push(own);
    }
    span.events.forEach((event, index) => {
      if (event.name !== EVENT) return;
      const one = read(span, event.attributes, event.atUs, `:${index}`);
      if (one !== null) found.push(one);
    });
  }
  return found;
}

function read(
  { traceId, spanId }: RawSpan,
  attributes: Record<string, JsonValue>,
  atUs: number,
  place: string,
): Evaluation | null {
  const name = attributes[NAME];
  const score = attributes['gen_ai.evaluation.score.value'];
  const label = attributes['gen_ai.evaluation.score.label'];
  const explanation = attributes['gen_ai.evaluation.explanation'];
  if (typeof name !== 'string' || name.trim() === '') return null;
  const word = typeof label === 'string' ? wordValue(label) : undefined;
  const value = typeof score === 'number' ? score : word === 1 || word === 0 ? word === 1 : null;
  if (value === null) return null;
  return {
    traceId,
    id: `${traceId}:${spanId}${place}`,
    name: name.trim().slice(0, 200),
    value,
    label: typeof label === 'string' ? label.slice(0, 200) : null,
    explanation: typeof explanation === 'string' ? explanation : null,
    atUs,
  };
}
