import { randomBytes } from 'node:crypto';

/** What an attribute of a test span may hold. */
export type TestValue = string | number | readonly string[];

/** OTLP/JSON for tests, as the specification writes it. */
export interface TestSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Milliseconds since the epoch. */
  start: number;
  end: number;
  attributes?: Record<string, TestValue>;
  error?: boolean;
}

export const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

const value = (one: TestValue): object =>
  typeof one === 'string'
    ? { stringValue: one }
    : typeof one === 'object'
      ? { arrayValue: { values: one.map(value) } }
      : Number.isInteger(one)
        ? { intValue: String(one) }
        : { doubleValue: one };
const attributes = (record: Record<string, TestValue>) =>
  Object.entries(record).map(([key, one]) => ({ key, value: value(one) }));

/** An `ExportTraceServiceRequest`; `service` null leaves service.name out. */
export function otlpJson(spans: readonly TestSpan[], service: string | null = 'refund-desk'): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: service === null ? [] : attributes({ 'service.name': service }) },
        scopeSpans: [
          {
            scope: { name: 'test', version: '1' },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: span.name,
              kind: 1,
              startTimeUnixNano: `${Math.round(span.start * 1000)}000`,
              endTimeUnixNano: `${Math.round(span.end * 1000)}000`,
              attributes: attributes(span.attributes ?? {}),
              status: span.error === true ? { code: 2, message: 'failed' } : {},
            })),
          },
        ],
      },
    ],
  });
}

/** A tool call as the GenAI conventions name it. */
export function toolCall(
  place: Pick<TestSpan, 'traceId' | 'start'> & Partial<TestSpan>,
  tool: string,
  args?: unknown,
  result?: unknown,
): TestSpan {
  return {
    spanId: hex(8),
    end: place.start + 20,
    name: `execute_tool ${tool}`,
    ...place,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      ...(args === undefined ? {} : { 'gen_ai.tool.call.arguments': JSON.stringify(args) }),
      ...(result === undefined ? {} : { 'gen_ai.tool.call.result': JSON.stringify(result) }),
      ...place.attributes,
    },
  };
}

/** A model call with its usage. */
export function modelCall(
  place: Pick<TestSpan, 'traceId' | 'start'> & Partial<TestSpan>,
  model: string,
  input: number,
  output: number,
): TestSpan {
  return {
    spanId: hex(8),
    end: place.start + 100,
    name: `chat ${model}`,
    ...place,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': input,
      'gen_ai.usage.output_tokens': output,
      ...place.attributes,
    },
  };
}

/** The root of a run. */
export function agentSpan(
  place: Pick<TestSpan, 'traceId' | 'start' | 'end'> & Partial<TestSpan>,
  agent: string,
): TestSpan {
  return {
    spanId: hex(8),
    name: `invoke_agent ${agent}`,
    ...place,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      ...place.attributes,
    },
  };
}
