import type { Dialect } from '@/lib/telemetry/dialects/draft';
import {
  callArguments,
  count,
  id,
  isRecord,
  parsed,
  record,
  text,
  usage,
} from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['model', 'model'],
  ['background-model', 'model'],
  ['embedder', 'embedding'],
  ['tool', 'tool'],
  ['tool.v2', 'tool'],
  ['retriever', 'retrieval'],
  ['reranker', 'retrieval'],
  ['flow', 'workflow'],
  ['agent', 'agent'],
]);

/** Genkit: `genkit:metadata:subtype` names the action; usage stands inside the model's output. */
export const genkit: Dialect = {
  name: 'genkit',

  speaks: (a) => a['genkit:name'] !== undefined,

  read(a, draft, span) {
    draft.operation ??= OPERATIONS.get(a['genkit:metadata:subtype']) ?? 'other';
    draft.conversationId ??= id(a['genkit:sessionId']);
    const name = text(a['genkit:name']);
    if (draft.operation === 'model' || draft.operation === 'embedding') {
      // "googleai/gemini-2.5-flash": the plugin, then the model.
      const slash = name?.indexOf('/') ?? -1;
      draft.model ??= name !== null && slash > 0 ? text(name.slice(slash + 1)) : name;
      draft.provider ??= name !== null && slash > 0 ? text(name.slice(0, slash)) : null;
      const sent = record(a['genkit:output'])?.usage;
      if (isRecord(sent)) {
        const thoughts = count(sent.thoughtsTokens) ?? 0;
        const output = count(sent.outputTokens);
        draft.tokens ??= usage(
          count(sent.inputTokens),
          output === null ? null : output + thoughts,
          count(sent.cachedContentTokens),
        );
      }
    } else if (draft.operation === 'tool') {
      draft.toolName ??= name;
      draft.toolArguments ??= callArguments(a['genkit:input'], span.faults.includes('truncated-attribute'));
      draft.toolResult ??= parsed(a['genkit:output']);
    } else if (draft.operation === 'agent') draft.agentName ??= name;
  },
};
