import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, count, id, text, usage } from '@/lib/telemetry/dialects/values';

const PREFIX = 'claude_code.';

/** Claude Code and the Claude Agent SDK: bare attributes under span names `claude_code.*`. */
export const claudeCode: Dialect = {
  name: 'claude-code',

  speaks: (_a, span) => span.name.startsWith(PREFIX),

  read(a, draft, span) {
    switch (span.name.slice(PREFIX.length)) {
      case 'interaction':
        draft.operation ??= 'agent';
        break;
      case 'llm_request': {
        draft.operation ??= 'model';
        draft.model ??= text(a.model);
        // Here input_tokens leaves out what was read from or written to the cache.
        const input = count(a.input_tokens);
        const read = count(a.cache_read_tokens) ?? 0;
        const written = count(a.cache_creation_tokens) ?? 0;
        draft.tokens ??= usage(input === null ? null : input + read + written, count(a.output_tokens), read);
        break;
      }
      case 'tool':
        draft.operation ??= 'tool';
        draft.toolName ??= text(a.tool_name);
        draft.toolCallId ??= id(a.tool_use_id);
        draft.toolArguments ??= callArguments(a.tool_input, span.faults.includes('truncated-attribute'));
        break;
      default:
        // Waiting for a person, the execution inside a tool's span, hooks.
        draft.operation ??= 'other';
    }
  },
};
