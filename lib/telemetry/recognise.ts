import { autogen } from '@/lib/telemetry/dialects/autogen';
import { claudeCode } from '@/lib/telemetry/dialects/claude-code';
import { crewai } from '@/lib/telemetry/dialects/crewai';
import type { Attributes, Dialect, Draft } from '@/lib/telemetry/dialects/draft';
import { genAi } from '@/lib/telemetry/dialects/gen-ai';
import { generic } from '@/lib/telemetry/dialects/generic';
import { genkit } from '@/lib/telemetry/dialects/genkit';
import { googleAdk } from '@/lib/telemetry/dialects/google-adk';
import { langfuse } from '@/lib/telemetry/dialects/langfuse';
import { langsmith } from '@/lib/telemetry/dialects/langsmith';
import { livekit } from '@/lib/telemetry/dialects/livekit';
import { mastra } from '@/lib/telemetry/dialects/mastra';
import { mcp } from '@/lib/telemetry/dialects/mcp';
import { mlflow } from '@/lib/telemetry/dialects/mlflow';
import { openinference } from '@/lib/telemetry/dialects/openinference';
import { prefactor } from '@/lib/telemetry/dialects/prefactor';
import { pydanticAi } from '@/lib/telemetry/dialects/pydantic-ai';
import { traceloop } from '@/lib/telemetry/dialects/traceloop';
import { id, text } from '@/lib/telemetry/dialects/values';
import { vercelAi } from '@/lib/telemetry/dialects/vercel-ai';
import type { RawSpan, Span, SpanFacts } from '@/lib/telemetry/span';

/**
 * The most specific first: what a framework says of its own spans, then the common conventions, then Langfuse, which wraps
 * others, then the last resort. For each fact the first that knows it decides.
 */
export const DIALECTS: readonly Dialect[] = [
  vercelAi,
  claudeCode,
  pydanticAi,
  googleAdk,
  langsmith,
  crewai,
  autogen,
  livekit,
  mastra,
  mlflow,
  genkit,
  traceloop,
  prefactor,
  mcp,
  genAi,
  openinference,
  langfuse,
  generic,
];

/** A span with what was found out about it. */
export function recognise(raw: RawSpan): Span {
  return { ...raw, ...factsOf(raw) };
}

/**
 * What a span is and says, whatever dialect it speaks (docs/dialects.md).
 *
 * Usage belongs to the model call: spans of agents and workflows, which repeat the sum of the calls below them, come
 * back with `tokens` and `reportedCostUsd` null.
 */
export function factsOf(raw: RawSpan): SpanFacts {
  const { attributes } = raw;
  const draft: Draft = {
    operation: null,
    toolName: null,
    toolCallId: null,
    toolArguments: undefined,
    toolResult: undefined,
    model: null,
    provider: null,
    tokens: null,
    costUsd: null,
    agentName: null,
    agentId: null,
    agentVersion: null,
    conversationId: conversationOf(attributes),
  };
  let namedBy: string | null = null;
  let spokenFirst = 'none';
  for (const dialect of DIALECTS) {
    if (!dialect.speaks(attributes, raw)) continue;
    if (spokenFirst === 'none') spokenFirst = dialect.name;
    dialect.read(attributes, draft, raw);
    if (namedBy === null && draft.operation !== null) namedBy = dialect.name;
  }

  const operation = draft.operation ?? 'other';
  const isCall = operation === 'model' || operation === 'embedding';
  return {
    operation,
    dialect: namedBy ?? spokenFirst,
    tool: operation === 'tool' ? toolOf(draft, raw) : null,
    model: draft.model,
    provider: draft.provider,
    tokens: isCall ? draft.tokens : null,
    reportedCostUsd:
      draft.costUsd !== null &&
      (isCall || operation === 'tool' || operation === 'retrieval') &&
      isInDollars(attributes)
        ? draft.costUsd
        : null,
    agentName: draft.agentName ?? text(attributes['agent.name']),
    agentId: draft.agentId ?? id(attributes['agent.id']),
    agentVersion: draft.agentVersion,
    conversationId: draft.conversationId,
  };
}

/** Where SDKs and gateways say in which currency a cost is. */
const CURRENCIES = [
  'gen_ai.usage.cost.currency',
  'gen_ai.usage.cost_currency',
  'gen_ai.cost.currency',
  'llm.cost.currency',
  'operation.cost.currency',
];

/** A cost in another currency is no number of dollars: it stays with the span as it was sent, and is added to nothing. */
function isInDollars(attributes: Attributes): boolean {
  for (const key of CURRENCIES) {
    const said = text(attributes[key]);
    if (said !== null) return said.trim().toUpperCase() === 'USD';
  }
  return true;
}

/** The names of a conversation that no dialect has to itself. */
function conversationOf(attributes: Attributes): string | null {
  return (
    id(attributes['gen_ai.conversation.id']) ??
    id(attributes['session.id']) ??
    id(attributes['langfuse.session.id'])
  );
}

function toolOf(draft: Draft, raw: RawSpan): NonNullable<Span['tool']> {
  const tool: NonNullable<Span['tool']> = {
    // A call whose tool nobody named is still a call: its span's name stands in.
    name: draft.toolName ?? text(raw.name) ?? 'unnamed',
    callId: draft.toolCallId,
  };
  if (draft.toolArguments !== undefined) tool.arguments = draft.toolArguments;
  if (draft.toolResult !== undefined) tool.result = draft.toolResult;
  return tool;
}
