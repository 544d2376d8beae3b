import type { Attributes, Dialect } from '@/lib/telemetry/dialects/draft';
import {
  callArguments,
  count,
  dollars,
  id,
  isRecord,
  parsed,
  record,
  text,
  usage,
} from '@/lib/telemetry/dialects/values';
import type { JsonValue, Operation, TokenUsage } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['generation', 'model'],
  ['embedding', 'embedding'],
  ['tool', 'tool'],
  ['agent', 'agent'],
  ['chain', 'workflow'],
  ['retriever', 'retrieval'],
  ['evaluator', 'other'],
  ['guardrail', 'other'],
  ['event', 'other'],
]);

/** A tool's answer as LangChain writes its message objects. */
const TOOL_MESSAGE = /^\{"lc":\d+,"type":"constructor","id":\[[^\]]*"ToolMessage"\]/;
const RESTORED_USAGE = 'langfuse.restored.usage.';

/**
 * Langfuse: `langfuse.observation.*` as its SDKs send it, `langfuse.restored.*` as its exports give it back. It comes last
 * of the dialects, since its SDKs also wrap spans of others and sum them up.
 */
export const langfuse: Dialect = {
  name: 'langfuse',

  speaks: (a) => a['langfuse.observation.type'] !== undefined,

  read(a, draft, span) {
    const type = a['langfuse.observation.type'];
    const input = a['langfuse.observation.input'] ?? a['langfuse.restored.input'];
    const output = a['langfuse.observation.output'] ?? a['langfuse.restored.output'];
    const operation = typeof type === 'string' ? OPERATIONS.get(type.toLowerCase()) : undefined;
    // A span that others named an agent (a loop of theirs, say) is not called after its span.
    if (draft.operation === null && operation === 'agent') draft.agentName ??= text(span.name);
    if (operation !== undefined) draft.operation ??= operation;
    else if (draft.operation === null && typeof output === 'string' && TOOL_MESSAGE.test(output)) {
      // A LangGraph tool node: recorded as a plain span, it gives itself away by what it returned.
      draft.operation = 'tool';
    }
    draft.conversationId ??= id(a['langfuse.session.id']);
    draft.model ??= text(a['langfuse.observation.model.name']) ?? text(a['langfuse.restored.model']);
    if (draft.operation === 'model' || draft.operation === 'embedding') {
      draft.tokens ??= usageIn(record(a['langfuse.observation.usage_details']) ?? restoredUsage(a));
      const cost = record(a['langfuse.observation.cost_details']);
      if (cost !== null) draft.costUsd ??= dollars(cost.total);
    } else if (draft.operation === 'tool') {
      const wasCut = span.faults.includes('truncated-attribute');
      const message = toolMessage(output);
      draft.toolName ??= text(message?.name) ?? text(span.name);
      draft.toolCallId ??= id(message?.tool_call_id);
      draft.toolArguments ??= callArguments(input, wasCut);
      draft.toolResult ??= message === null ? parsed(output) : parsed(message.content);
    }
  },
};

/** What a LangChain tool message holds, or null when the text is none or was cut. */
function toolMessage(output: JsonValue | undefined): { [key: string]: JsonValue } | null {
  if (typeof output !== 'string' || !TOOL_MESSAGE.test(output)) return null;
  const message = record(output);
  return message !== null && isRecord(message.kwargs) ? message.kwargs : null;
}

function restoredUsage(a: Attributes): { [key: string]: JsonValue } | null {
  if (a['langfuse.restored.usage.input'] === undefined && a['langfuse.restored.usage.output'] === undefined) {
    return null;
  }
  const details: { [key: string]: JsonValue } = {};
  for (const [key, value] of Object.entries(a)) {
    if (key.startsWith(RESTORED_USAGE)) details[key.slice(RESTORED_USAGE.length)] = value;
  }
  return details;
}

/**
 * Langfuse's usage types add up to the total: `input` leaves out `input_cache_read`, `output` leaves out `output_reasoning`.
 * Where `input` and `output` alone make the total, the details were counted in already.
 */
function usageIn(details: { [key: string]: JsonValue } | null): TokenUsage | null {
  if (details === null) return null;
  const input = count(details.input) ?? count(details.prompt_tokens);
  const output = count(details.output) ?? count(details.completion_tokens);
  let inputs = 0;
  let outputs = 0;
  let cached = 0;
  for (const [type, value] of Object.entries(details)) {
    const tokens = count(value) ?? 0;
    if (/^(input_.*cache|cache_read|input_.*cached)/.test(type) && !type.includes('creation'))
      cached += tokens;
    if (type.startsWith('input_') || type.startsWith('cache_')) inputs += tokens;
    else if (type.startsWith('output_')) outputs += tokens;
  }
  const bare = (input ?? 0) + (output ?? 0);
  if (count(details.total) === bare) return usage(input, output, cached);
  return usage(
    input === null && inputs === 0 ? null : (input ?? 0) + inputs,
    output === null && outputs === 0 ? null : (output ?? 0) + outputs,
    cached,
  );
}
