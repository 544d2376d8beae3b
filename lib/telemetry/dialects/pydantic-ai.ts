import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, dollars, parsed, text } from '@/lib/telemetry/dialects/values';

/** Pydantic AI, by itself or through Logfire. Its newer versions speak gen_ai; these are the names it added or had before. */
export const pydanticAi: Dialect = {
  name: 'pydantic-ai',

  speaks: (a, span) => span.scope.name === 'pydantic-ai' || a['pydantic_ai.all_messages'] !== undefined,

  read(a, draft, span) {
    const tool = text(a['gen_ai.tool.name']);
    // The group around parallel calls ("running 3 tools") is no call itself.
    if (a.tools !== undefined || /^running (\d+ )?tools?$/.test(span.name)) draft.operation ??= 'other';
    else if (a['gen_ai.operation.name'] === undefined) {
      if (tool !== null) draft.operation ??= 'tool';
      else if (a.agent_name !== undefined || a['pydantic_ai.all_messages'] !== undefined) {
        // "joke_agent run": its usage is the sum of the chat spans below it.
        draft.operation ??= 'agent';
      }
    }
    draft.agentName ??= text(a['gen_ai.agent.name']) ?? text(a.agent_name);
    draft.model ??= text(a['gen_ai.response.model']) ?? text(a['gen_ai.request.model']) ?? text(a.model_name);
    draft.costUsd ??= dollars(a['operation.cost']);
    if (draft.operation !== 'tool') return;
    draft.toolName ??= tool;
    draft.toolArguments ??= callArguments(a.tool_arguments, span.faults.includes('truncated-attribute'));
    draft.toolResult ??= parsed(a.tool_response);
  },
};
