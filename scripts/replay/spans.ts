import { type HrTime, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { RecordedRun, RecordedStep } from './recording';
import type { TimedRun } from './timing';

/** Whose model it is, where the name says so. */
const PROVIDERS: readonly [start: RegExp, provider: string][] = [
  [/^(gpt-|o\d|chatgpt)/i, 'openai'],
  [/^claude/i, 'anthropic'],
  [/^gemini/i, 'gcp.gemini'],
  [/^command/i, 'cohere'],
  [/^(mistral|mixtral)/i, 'mistral_ai'],
];

/** Keeps what the SDK makes, so that it can be exported run by run and its fate known. */
class Collector implements SpanProcessor {
  private spans: ReadableSpan[] = [];
  onStart(): void {}
  onEnd(span: ReadableSpan): void {
    this.spans.push(span);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
  take(): ReadableSpan[] {
    const { spans } = this;
    this.spans = [];
    return spans;
  }
}

/** Makes the spans of one agent with the OpenTelemetry SDK, as its own instrumentation would have. */
export class AgentTracer {
  private readonly collector = new Collector();
  private readonly tracer;

  constructor(private readonly agent: string) {
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': agent }),
      spanProcessors: [this.collector],
    });
    this.tracer = provider.getTracer('countersign-replay');
  }

  /**
   * A run in the GenAI conventions: `invoke_agent` over `chat` and `execute_tool`, one after the other.
   *
   * @param startMs when it started, in milliseconds since the epoch
   * @param conversation its conversation, and so the key of the run
   */
  spansOf(run: RecordedRun, timing: TimedRun, startMs: number, conversation: string): ReadableSpan[] {
    const supplied = Object.entries(timing.supplied).flatMap(([what, was]) => (was ? [what] : []));
    const common = {
      'gen_ai.conversation.id': conversation,
      'gen_ai.agent.name': this.agent,
      ...(supplied.length > 0 ? { 'replay.supplied': supplied } : {}),
    };
    const root = this.tracer.startSpan(
      `invoke_agent ${this.agent}`,
      {
        startTime: hrTime(startMs),
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          ...common,
          'replay.source': run.source,
          'replay.run_id': run.run_id,
          ...(run.task_id === undefined ? {} : { 'replay.task_id': run.task_id }),
          ...(run.outcome === undefined ? {} : { 'replay.outcome': JSON.stringify(run.outcome) }),
        },
      },
      ROOT_CONTEXT,
    );
    const context = trace.setSpan(ROOT_CONTEXT, root);
    let at = startMs;
    for (const [index, { step, durationMs, tokensIn, tokensOut }] of timing.steps.entries()) {
      const isModel = step.kind === 'model';
      const span = this.tracer.startSpan(
        `${isModel ? 'chat' : 'execute_tool'} ${step.name}`,
        {
          startTime: hrTime(at),
          kind: isModel ? SpanKind.CLIENT : SpanKind.INTERNAL,
          attributes: { ...(isModel ? chat(step, tokensIn, tokensOut) : toolCall(step, index)), ...common },
        },
        context,
      );
      if (step.error !== undefined) {
        span.setAttribute('error.type', step.error.split(':', 1)[0] || '_OTHER');
        span.setStatus({ code: SpanStatusCode.ERROR, message: step.error });
      }
      at += durationMs;
      span.end(hrTime(at));
    }
    root.end(hrTime(at));
    return this.collector.take();
  }
}

function chat(step: RecordedStep, tokensIn: number, tokensOut: number) {
  const provider = PROVIDERS.find(([start]) => start.test(step.name))?.[1];
  return {
    'gen_ai.operation.name': 'chat',
    ...(provider === undefined ? {} : { 'gen_ai.provider.name': provider }),
    'gen_ai.request.model': step.name,
    'gen_ai.usage.input_tokens': tokensIn,
    'gen_ai.usage.output_tokens': tokensOut,
    'gen_ai.response.finish_reasons': [(step.tool_calls ?? 0) > 0 ? 'tool_call' : 'stop'],
    ...(step.cost_usd === undefined ? {} : { 'gen_ai.usage.cost': step.cost_usd }),
  };
}

function toolCall(step: RecordedStep, index: number) {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': step.name,
    'gen_ai.tool.type': 'function',
    'gen_ai.tool.call.id': `call_${index}`,
    ...(step.args === undefined ? {} : { 'gen_ai.tool.call.arguments': JSON.stringify(step.args) }),
  };
}

/** Seconds and nanoseconds: plain milliseconds before the start of this process would be taken for performance.now(). */
function hrTime(ms: number): HrTime {
  const us = Math.round(ms * 1000);
  return [Math.floor(us / 1_000_000), (us % 1_000_000) * 1000];
}
