import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, count, id, parsed, text, usage } from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

/** The Vercel AI SDK: `ai.operationId` names the step. */
export const vercelAi: Dialect = {
  name: 'vercel-ai',

  speaks: (a) => a['ai.operationId'] !== undefined,

  read(a, draft, span) {
    const operation = operationOf(a['ai.operationId']);
    draft.operation ??= operation;
    draft.tokens ??= usage(
      count(a['ai.usage.inputTokens']) ?? count(a['ai.usage.promptTokens']) ?? count(a['ai.usage.tokens']),
      count(a['ai.usage.outputTokens']) ?? count(a['ai.usage.completionTokens']),
      count(a['ai.usage.cachedInputTokens']),
    );
    draft.model ??= text(a['ai.response.model']) ?? text(a['ai.model.id']);
    // "openai.responses" is OpenAI by the interface "responses".
    draft.provider ??= text(a['ai.model.provider'])?.split('.')[0] ?? null;
    draft.agentName ??= text(a['ai.telemetry.metadata.agentName']) ?? text(a['ai.telemetry.functionId']);
    draft.agentId ??= id(a['ai.telemetry.metadata.agentId']);
    draft.conversationId ??=
      id(a['ai.telemetry.metadata.sessionId']) ??
      id(a['ai.telemetry.metadata.conversationId']) ??
      id(a['ai.telemetry.metadata.threadId']) ??
      id(a['ai.telemetry.metadata.chatId']);
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['ai.toolCall.name']);
    draft.toolCallId ??= id(a['ai.toolCall.id']);
    draft.toolArguments ??= callArguments(a['ai.toolCall.args'], span.faults.includes('truncated-attribute'));
    draft.toolResult ??= parsed(a['ai.toolCall.result']);
  },
};

/**
 * `ai.generateText` and its kin loop over `….doGenerate` / `….doStream`, the model calls proper, and repeat their usage:
 * they are the agent, whose tokens are not counted.
 */
function operationOf(operationId: unknown): Operation | null {
  if (typeof operationId !== 'string') return null;
  if (operationId === 'ai.toolCall') return 'tool';
  if (operationId.endsWith('.doGenerate') || operationId.endsWith('.doStream')) return 'model';
  if (operationId.endsWith('.doEmbed')) return 'embedding';
  if (operationId.endsWith('.doRerank')) return 'retrieval';
  if (operationId.startsWith('ai.generate') || operationId.startsWith('ai.stream')) return 'agent';
  if (operationId.startsWith('ai.embed') || operationId.startsWith('ai.rerank')) return 'workflow';
  return null;
}
