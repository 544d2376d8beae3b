import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, id, parsed, text } from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['agent_session', 'workflow'],
  ['agent_turn', 'agent'],
  ['llm_request', 'model'],
  ['function_tool', 'tool'],
]);

/** LiveKit Agents: span names tell the step (llm_node wraps llm_request), `lk.*` the tool, gen_ai names the model. */
export const livekit: Dialect = {
  name: 'livekit',

  speaks: (a, span) => span.scope.name === 'livekit-agents' || a['lk.function_tool.name'] !== undefined,

  read(a, draft, span) {
    draft.operation ??= OPERATIONS.get(span.name) ?? 'other';
    draft.agentName ??= text(a['lk.agent_name']);
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['lk.function_tool.name']);
    draft.toolCallId ??= id(a['lk.function_tool.id']);
    draft.toolArguments ??= callArguments(
      a['lk.pii.function_tool.arguments'] ?? a['lk.function_tool.arguments'],
      span.faults.includes('truncated-attribute'),
    );
    draft.toolResult ??= parsed(a['lk.pii.function_tool.output'] ?? a['lk.function_tool.output']);
  },
};
