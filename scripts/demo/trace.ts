/**
 * Builds one run's spans the way an instrumented agent emits them: OpenTelemetry GenAI conventions,
 * nested under `invoke_agent`, children ending before their parent. Times are epoch milliseconds.
 */
import type { Chance } from './random';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface OtlpAttribute {
  key: string;
  value: { stringValue: string } | { intValue: string } | { doubleValue: number };
}

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  status: { code: number; message?: string };
}

export interface DemoRun {
  service: string;
  version: string;
  /** What the run is called: its conversation. */
  key: string;
  startMs: number;
  /** Children in order, the root last. */
  spans: OtlpSpan[];
}

/** The same run, begun at another time; its root begins with the first of its spans. */
export function moved(run: DemoRun, startMs: number): DemoRun {
  const by = BigInt(Math.round((startMs - run.startMs) * 1000)) * 1000n;
  const shift = (nano: string) => String(BigInt(nano) + by);
  return {
    ...run,
    startMs,
    spans: run.spans.map((span) => ({
      ...span,
      startTimeUnixNano: shift(span.startTimeUnixNano),
      endTimeUnixNano: shift(span.endTimeUnixNano),
    })),
  };
}

function attribute(key: string, value: string | number): OtlpAttribute {
  if (typeof value === 'string') return { key, value: { stringValue: value } };
  return Number.isInteger(value)
    ? { key, value: { intValue: String(value) } }
    : { key, value: { doubleValue: value } };
}

const nanos = (ms: number) => `${Math.round(ms * 1000)}000`;

export class Trace {
  private readonly traceId: string;
  private readonly rootId: string;
  private readonly spans: OtlpSpan[] = [];
  private now: number;

  constructor(
    private readonly chance: Chance,
    private readonly agent: string,
    private readonly version: string,
    private readonly conversation: string,
    private readonly startMs: number,
  ) {
    this.traceId = chance.hex(32);
    this.rootId = chance.hex(16);
    this.now = startMs + chance.between(2, 20);
  }

  private add(name: string, kind: number, ms: number, attributes: OtlpAttribute[], error?: string): void {
    const start = this.now;
    this.now = start + ms;
    this.spans.push({
      traceId: this.traceId,
      spanId: this.chance.hex(16),
      parentSpanId: this.rootId,
      name,
      kind,
      startTimeUnixNano: nanos(start),
      endTimeUnixNano: nanos(this.now),
      attributes,
      status: error === undefined ? { code: 0 } : { code: 2, message: error },
    });
    this.now += this.chance.between(1, 12);
  }

  chat(model: string, inputTokens: number, outputTokens: number): this {
    this.add(`chat ${model}`, 3, 300 + outputTokens * this.chance.between(5, 12), [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.provider.name', 'openai'),
      attribute('gen_ai.request.model', model),
      attribute('gen_ai.response.model', model),
      attribute('gen_ai.usage.input_tokens', inputTokens),
      attribute('gen_ai.usage.output_tokens', outputTokens),
      attribute('gen_ai.conversation.id', this.conversation),
    ]);
    return this;
  }

  tool(name: string, args: Json, result: Json, ms: number, error?: string): this {
    this.add(
      `execute_tool ${name}`,
      1,
      ms,
      [
        attribute('gen_ai.operation.name', 'execute_tool'),
        attribute('gen_ai.tool.name', name),
        attribute('gen_ai.tool.type', 'function'),
        attribute('gen_ai.tool.call.id', `call_${this.chance.hex(12)}`),
        attribute('gen_ai.tool.call.arguments', JSON.stringify(args)),
        ...(error === undefined
          ? [attribute('gen_ai.tool.call.result', JSON.stringify(result))]
          : [attribute('error.type', 'timeout')]),
      ],
      error,
    );
    return this;
  }

  end(): DemoRun {
    const root: OtlpSpan = {
      traceId: this.traceId,
      spanId: this.rootId,
      parentSpanId: '',
      name: `invoke_agent ${this.agent}`,
      kind: 1,
      startTimeUnixNano: nanos(this.startMs),
      endTimeUnixNano: nanos(this.now),
      attributes: [
        attribute('gen_ai.operation.name', 'invoke_agent'),
        attribute('gen_ai.agent.name', this.agent),
        attribute('gen_ai.agent.version', this.version),
        attribute('gen_ai.conversation.id', this.conversation),
      ],
      status: { code: 0 },
    };
    return {
      service: this.agent,
      version: this.version,
      key: this.conversation,
      startMs: this.startMs,
      spans: [...this.spans, root],
    };
  }
}
