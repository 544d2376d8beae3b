import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, count, dollars, id, parsed, text, usage } from '@/lib/telemetry/dialects/values';
import type { Operation, RawSpan } from '@/lib/telemetry/span';

/** What each `gen_ai.operation.name` is to us. Others say nothing: senders put run types of their own there. */
const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['chat', 'model'],
  ['generate_content', 'model'],
  ['text_completion', 'model'],
  ['completion', 'model'],
  ['responses', 'model'],
  ['embeddings', 'embedding'],
  ['retrieval', 'retrieval'],
  ['search_memory', 'retrieval'],
  ['execute_tool', 'tool'],
  ['invoke_agent', 'agent'],
  ['invoke_workflow', 'workflow'],
  // Making an agent, planning and keeping memory are steps of a run, neither calls of a model nor of a tool.
  ['create_agent', 'other'],
  ['plan', 'other'],
  ['create_memory', 'other'],
  ['update_memory', 'other'],
  ['upsert_memory', 'other'],
  ['delete_memory', 'other'],
  ['create_memory_store', 'other'],
  ['delete_memory_store', 'other'],
]);

const EXECUTE_TOOL = 'execute_tool ';

/** The OpenTelemetry GenAI conventions, with the names they deprecated and senders still use. */
export const genAi: Dialect = {
  name: 'gen_ai',

  speaks: (a) =>
    a['gen_ai.operation.name'] !== undefined ||
    a['gen_ai.system'] !== undefined ||
    a['gen_ai.provider.name'] !== undefined ||
    a['gen_ai.request.model'] !== undefined ||
    a['gen_ai.tool.name'] !== undefined ||
    a['gen_ai.agent.name'] !== undefined ||
    a['gen_ai.agent.id'] !== undefined ||
    a['gen_ai.usage.input_tokens'] !== undefined,

  read(a, draft, span) {
    const named = OPERATIONS.get(a['gen_ai.operation.name']);
    draft.tokens ??= usage(
      count(a['gen_ai.usage.input_tokens']) ?? count(a['gen_ai.usage.prompt_tokens']),
      count(a['gen_ai.usage.output_tokens']) ?? count(a['gen_ai.usage.completion_tokens']),
      count(a['gen_ai.usage.cache_read.input_tokens']) ??
        count(a['gen_ai.usage.cache_read_input_tokens']) ??
        count(a['gen_ai.usage.details.cache_read_tokens']),
    );
    draft.model ??= text(a['gen_ai.response.model']) ?? text(a['gen_ai.request.model']);
    draft.provider ??= text(a['gen_ai.provider.name']) ?? text(a['gen_ai.system']);
    draft.costUsd ??= dollars(a['gen_ai.usage.cost']) ?? dollars(a['gen_ai.cost.total_cost']);
    draft.agentName ??= text(a['gen_ai.agent.name']);
    draft.agentId ??= id(a['gen_ai.agent.id']);
    draft.agentVersion ??= text(a['gen_ai.agent.version']);

    const toolName = text(a['gen_ai.tool.name']);
    if (draft.operation === null) {
      if (named !== undefined) draft.operation = named;
      else if (toolName !== null) draft.operation = 'tool';
      else if (draft.tokens !== null && draft.model !== null) draft.operation = 'model';
    }
    if (draft.operation !== 'tool') return;
    draft.toolName ??=
      toolName ?? (span.name.startsWith(EXECUTE_TOOL) ? text(span.name.slice(EXECUTE_TOOL.length)) : null);
    draft.toolCallId ??= id(a['gen_ai.tool.call.id']);
    const wasCut = span.faults.includes('truncated-attribute');
    draft.toolArguments ??= callArguments(
      a['gen_ai.tool.call.arguments'] ??
        a['gen_ai.tool.args'] ??
        inEvent(span, 'gen_ai.tool.message', 'content'),
      wasCut,
    );
    draft.toolResult ??= parsed(a['gen_ai.tool.call.result'] ?? inEvent(span, 'gen_ai.choice', 'message'));
  },
};

/** Some senders (Strands Agents) record a call's content as events, as the conventions once said. */
function inEvent(span: RawSpan, name: string, key: string): RawSpan['attributes'][string] | undefined {
  if (span.events.length === 0) return undefined;
  return span.events.find((event) => event.name === name)?.attributes[key];
}
