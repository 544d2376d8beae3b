import type { Attributes, Dialect } from '@/lib/telemetry/dialects/draft';
import {
  callArguments,
  count,
  dollars,
  id,
  isRecord,
  parsed,
  text,
  usage,
} from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['LLM', 'model'],
  ['EMBEDDING', 'embedding'],
  ['RETRIEVER', 'retrieval'],
  ['RERANKER', 'retrieval'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['CHAIN', 'workflow'],
  ['GUARDRAIL', 'other'],
  ['EVALUATOR', 'other'],
  ['PROMPT', 'other'],
]);

/** OpenInference: what `openinference.span.kind` says, and `llm.*`, `tool.*`, `input.value`, `output.value`. */
export const openinference: Dialect = {
  name: 'openinference',

  speaks: (a) => a['openinference.span.kind'] !== undefined || a['llm.token_count.total'] !== undefined,

  read(a, draft, span) {
    const kind = a['openinference.span.kind'];
    draft.operation ??= OPERATIONS.get(typeof kind === 'string' ? kind.toUpperCase() : kind) ?? null;
    draft.tokens ??= usage(
      count(a['llm.token_count.prompt']),
      count(a['llm.token_count.completion']),
      count(a['llm.token_count.prompt_details.cache_read']),
    );
    draft.model ??=
      text(a['llm.response.model_name']) ??
      text(a['llm.model_name']) ??
      text(a['llm.request.model_name']) ??
      text(a['embedding.model_name']) ??
      text(a['reranker.model_name']);
    draft.provider ??= text(a['llm.provider']) ?? text(a['llm.system']);
    draft.costUsd ??= dollars(a['llm.cost.total']) ?? sumOfCosts(a);
    draft.agentName ??= text(a['agent.name']);
    if (draft.operation === 'agent') {
      draft.agentName ??= text(a['graph.node.name']) ?? text(a['graph.node.id']);
    } else if (draft.operation === 'tool') {
      draft.toolName ??= text(a['tool.name']) ?? text(span.name);
      draft.toolCallId ??= id(a['tool_call.id']) ?? id(a['tool.id']);
      const wasCut = span.faults.includes('truncated-attribute');
      draft.toolArguments ??=
        callArguments(a['input.value'], wasCut) ?? callArguments(a['tool.parameters'], wasCut);
      draft.toolResult ??= responseIn(parsed(a['output.value']));
    }
  },
};

function sumOfCosts(a: Attributes): number | null {
  const prompt = dollars(a['llm.cost.prompt']);
  const completion = dollars(a['llm.cost.completion']);
  return prompt === null && completion === null ? null : (prompt ?? 0) + (completion ?? 0);
}

/** A function response (`{id, name, response}`) holds the result proper. */
function responseIn(result: ReturnType<typeof parsed>): ReturnType<typeof parsed> {
  return isRecord(result) && 'response' in result && 'name' in result ? result.response : result;
}
