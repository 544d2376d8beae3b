import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, parsed, text } from '@/lib/telemetry/dialects/values';

const SERVER = 2;

/** Model Context Protocol spans: `tools/call` is a tool's call, everything else about the protocol is not. */
export const mcp: Dialect = {
  name: 'mcp',

  speaks: (a) => a['mcp.method.name'] !== undefined,

  read(a, draft, span) {
    if (a['mcp.method.name'] !== 'tools/call') {
      draft.operation ??= 'other';
      return;
    }
    // The server's own span of a call that its caller records too: one call, counted where it was made.
    if (span.kind === SERVER && span.parentSpanId !== null) {
      draft.operation ??= 'other';
      return;
    }
    draft.operation ??= 'tool';
    if (draft.operation !== 'tool') return;
    draft.toolName ??= text(a['gen_ai.tool.name']) ?? named(span.name);
    const sent = a['gen_ai.tool.call.arguments'] ?? a['mcp.request.argument'];
    draft.toolArguments ??= callArguments(sent, span.faults.includes('truncated-attribute'));
    draft.toolResult ??= parsed(a['gen_ai.tool.call.result'] ?? a['mcp.response.value']);
  },
};

/** The span is named `{method} {target}`. */
function named(name: string): string | null {
  return name.startsWith('tools/call ') ? text(name.slice('tools/call '.length)) : null;
}
