import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, id, isRecord, parsed, text } from '@/lib/telemetry/dialects/values';
import type { JsonValue, Operation } from '@/lib/telemetry/span';

const KINDS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['workflow', 'workflow'],
  ['agent', 'agent'],
  ['tool', 'tool'],
]);

const REQUESTS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['chat', 'model'],
  ['completion', 'model'],
  ['embedding', 'embedding'],
  ['rerank', 'retrieval'],
]);

/** OpenLLMetry (Traceloop): `traceloop.span.kind` for steps, `llm.request.type` for model calls, gen_ai names for the rest. */
export const traceloop: Dialect = {
  name: 'traceloop',

  speaks: (a) => a['traceloop.span.kind'] !== undefined || a['llm.request.type'] !== undefined,

  read(a, draft, span) {
    const kind = a['traceloop.span.kind'];
    draft.operation ??= KINDS.get(kind) ?? REQUESTS.get(a['llm.request.type']) ?? null;
    draft.conversationId ??=
      id(a['traceloop.association.properties.session_id']) ??
      id(a['traceloop.association.properties.conversation_id']) ??
      id(a['traceloop.association.properties.thread_id']) ??
      id(a['traceloop.association.properties.chat_id']);
    if (kind === 'agent')
      draft.agentName ??= text(a['gen_ai.agent.name']) ?? text(a['traceloop.entity.name']);
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['gen_ai.tool.name']) ?? text(a['traceloop.entity.name']);
    const sent = callArguments(a['traceloop.entity.input'], span.faults.includes('truncated-attribute'));
    draft.toolArguments ??= inputIn(sent);
    draft.toolResult ??= outputIn(parsed(a['traceloop.entity.output']));
  },
};

/** Callbacks of LangChain record `{"input_str": "…", "inputs": {…}, …}` around the arguments. */
function inputIn(value: JsonValue | undefined): JsonValue | undefined {
  if (!isRecord(value) || !('input_str' in value)) return value;
  return isRecord(value.inputs) ? value.inputs : parsed(value.input_str);
}

function outputIn(value: JsonValue | undefined): JsonValue | undefined {
  return isRecord(value) && 'output' in value && 'kwargs' in value ? value.output : value;
}
