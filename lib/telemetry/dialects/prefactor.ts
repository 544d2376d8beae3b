import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, count, isRecord, parsed, record, text, usage } from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

/** `{sdk}:{type}` or `{sdk}:tool:{name}`. */
const SPAN_TYPE = /^(?:langchain|ai-sdk|claude|livekit|openclaw):([a-z_]+)(?::(.+))?$/;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['agent', 'agent'],
  ['agent_run', 'agent'],
  ['subagent', 'agent'],
  ['llm', 'model'],
  ['tool', 'tool'],
  ['tool_call', 'tool'],
  ['chain', 'workflow'],
  ['session', 'workflow'],
]);

/** Prefactor's span types, where its spans are forwarded as OTLP: the type names the span or stands in an attribute. */
export const prefactor: Dialect = {
  name: 'prefactor',

  speaks: (a, span) => a['prefactor.span.type'] !== undefined || SPAN_TYPE.test(span.name),

  read(a, draft, span) {
    const type = SPAN_TYPE.exec(text(a['prefactor.span.type']) ?? span.name);
    if (type === null) return;
    draft.operation ??= OPERATIONS.get(type[1] ?? '') ?? 'other';
    const tokens = record(a.token_usage);
    if (tokens !== null) {
      draft.tokens ??= usage(count(tokens.prompt_tokens), count(tokens.completion_tokens), null);
    }
    if (draft.operation !== 'tool') return;
    const inputs = callArguments(a.inputs, span.faults.includes('truncated-attribute'));
    draft.toolName ??=
      text(type[2]) ?? text(a.tool_name) ?? (isRecord(inputs) ? text(inputs.tool_name) : null);
    draft.toolArguments ??= inputs;
    draft.toolResult ??= parsed(a.outputs);
  },
};
