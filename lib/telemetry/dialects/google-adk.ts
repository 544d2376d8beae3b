import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, id, isRecord, parsed, text } from '@/lib/telemetry/dialects/values';
import type { JsonValue } from '@/lib/telemetry/span';

const SCOPES = new Set(['gcp.vertex.agent', 'openinference.instrumentation.google_adk']);

/** Google's Agent Development Kit: `gcp.vertex.agent.*` beside a few gen_ai names; agent and app stand in span names. */
export const googleAdk: Dialect = {
  name: 'google-adk',

  speaks: (a, span) =>
    SCOPES.has(span.scope.name) ||
    a['gcp.vertex.agent.event_id'] !== undefined ||
    a['gcp.vertex.agent.invocation_id'] !== undefined,

  read(a, draft, span) {
    const { name } = span;
    draft.conversationId ??= id(a['gcp.vertex.agent.session_id']);
    if (name === 'call_llm') draft.operation ??= 'model';
    // The same model call once more, inside its call_llm.
    else if (a['gen_ai.operation.name'] === 'generate_content') draft.operation ??= 'other';
    else if (name.startsWith('execute_tool')) {
      // The responses of parallel calls, merged: every call has a span of its own.
      draft.operation ??= name.includes('(merged') ? 'other' : 'tool';
    } else if (name.startsWith('agent_run')) {
      draft.operation ??= 'agent';
      draft.agentName ??= bracketed(name);
    } else if (name.startsWith('invocation')) draft.operation ??= 'workflow';

    if (draft.operation !== 'tool') return;
    const wasCut = span.faults.includes('truncated-attribute');
    draft.toolName ??= text(a['gen_ai.tool.name']);
    const sent = a['gcp.vertex.agent.tool_call_args'];
    // Before version 1.0 the arguments came with a note in place of ones that were withheld.
    if (sent !== 'N/A') draft.toolArguments ??= callArguments(sent, wasCut);
    draft.toolResult ??= resultIn(parsed(a['gcp.vertex.agent.tool_response']));
  },
};

/** `agent_run [hello_agent]` */
function bracketed(name: string): string | null {
  const open = name.indexOf('[');
  const close = name.lastIndexOf(']');
  return open >= 0 && close > open ? text(name.slice(open + 1, close)) : null;
}

/** Results that are no object come as `{"result": …}`. */
function resultIn(value: JsonValue | undefined): JsonValue | undefined {
  return isRecord(value) && Object.keys(value).length === 1 && 'result' in value ? value.result : value;
}
