import type { Dialect } from '@/lib/telemetry/dialects/draft';
import {
  callArguments,
  count,
  dollars,
  id,
  parsed,
  record,
  text,
  usage,
} from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['CHAT_MODEL', 'model'],
  ['LLM', 'model'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['CHAIN', 'workflow'],
  ['WORKFLOW', 'workflow'],
  ['EMBEDDING', 'embedding'],
  ['RETRIEVER', 'retrieval'],
  ['RERANKER', 'retrieval'],
]);

/** MLflow tracing. Every value is JSON, so even a text comes in quotes: `"TOOL"`. */
export const mlflow: Dialect = {
  name: 'mlflow',

  speaks: (a) => a['mlflow.spanType'] !== undefined,

  read(a, draft, span) {
    draft.operation ??= OPERATIONS.get(parsed(a['mlflow.spanType'])) ?? 'other';
    draft.conversationId ??= id(parsed(a['mlflow.trace.session']));
    if (draft.operation === 'model' || draft.operation === 'embedding') {
      draft.model ??= text(parsed(a['mlflow.llm.model']));
      draft.provider ??= text(parsed(a['mlflow.llm.provider']));
      const tokens = record(a['mlflow.chat.tokenUsage']);
      if (tokens !== null) {
        draft.tokens ??= usage(
          count(tokens.input_tokens),
          count(tokens.output_tokens),
          count(tokens.cache_read_input_tokens),
        );
      }
      draft.costUsd ??= dollars(record(a['mlflow.llm.cost'])?.total_cost);
    } else if (draft.operation === 'tool') {
      draft.toolName ??= text(span.name);
      draft.toolArguments ??= callArguments(
        a['mlflow.spanInputs'],
        span.faults.includes('truncated-attribute'),
      );
      draft.toolResult ??= parsed(a['mlflow.spanOutputs']);
    } else if (draft.operation === 'agent') draft.agentName ??= text(span.name);
  },
};
