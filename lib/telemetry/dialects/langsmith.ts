import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, id, parsed, text } from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['llm', 'model'],
  ['tool', 'tool'],
  ['chain', 'workflow'],
  ['retriever', 'retrieval'],
  ['embedding', 'embedding'],
  ['prompt', 'other'],
  ['parser', 'other'],
]);

/**
 * LangSmith's OpenTelemetry export. It fills `gen_ai.operation.name` from its own run types (a prompt template becomes
 * "chat", a retriever "embeddings"), so `langsmith.span.kind` is asked first.
 */
export const langsmith: Dialect = {
  name: 'langsmith',

  speaks: (a) => a['langsmith.span.kind'] !== undefined,

  read(a, draft, span) {
    draft.operation ??= OPERATIONS.get(a['langsmith.span.kind']) ?? 'other';
    // langsmith.trace.session_id is the project, not the conversation.
    draft.conversationId ??=
      id(a['langsmith.metadata.session_id']) ??
      id(a['langsmith.metadata.thread_id']) ??
      id(a['langsmith.metadata.conversation_id']);
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['gen_ai.tool.name']) ?? text(a['langsmith.trace.name']) ?? text(span.name);
    draft.toolArguments ??= callArguments(a['gen_ai.prompt'], span.faults.includes('truncated-attribute'));
    draft.toolResult ??= parsed(a['gen_ai.completion']);
  },
};
