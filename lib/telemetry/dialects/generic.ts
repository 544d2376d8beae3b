import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, id, parsed, text } from '@/lib/telemetry/dialects/values';

const TOOL_SPAN = /^(?:execute_tool|running tool:|tool call:|call_tool)\s+(\S.*)$/i;

/** Who speaks no dialect we know, but names a tool in a way most do. */
export const generic: Dialect = {
  name: 'generic',

  speaks: (a, span) => a['tool.name'] !== undefined || a.tool_name !== undefined || TOOL_SPAN.test(span.name),

  read(a, draft, span) {
    draft.operation ??= 'tool';
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['tool.name']) ?? text(a.tool_name) ?? text(TOOL_SPAN.exec(span.name)?.[1]);
    draft.toolCallId ??= id(a['tool.call.id']) ?? id(a.tool_call_id) ?? id(a['tool.call_id']);
    const sent =
      a['tool.arguments'] ??
      a.tool_arguments ??
      a['tool.input'] ??
      a.tool_input ??
      a['input.value'] ??
      a.input;
    draft.toolArguments ??= callArguments(sent, span.faults.includes('truncated-attribute'));
    draft.toolResult ??= parsed(
      a['tool.result'] ?? a.tool_response ?? a['tool.output'] ?? a['output.value'] ?? a.output,
    );
  },
};
