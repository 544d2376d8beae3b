import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, text } from '@/lib/telemetry/dialects/values';

const OPENINFERENCE = 'openinference.instrumentation.crewai';
const OWN = 'crewai.telemetry';
const CORE = '._execute_core';

/** CrewAI: as OpenInference records it, and the notices of CrewAI itself, which repeat what those spans say. */
export const crewai: Dialect = {
  name: 'crewai',

  speaks: (_a, span) => span.scope.name === OPENINFERENCE || span.scope.name === OWN,

  read(a, draft, span) {
    if (span.scope.name === OWN) {
      // "Crew Created", "Task Created", "Tool Usage": moments without length, each beside the span of the step itself.
      draft.operation ??= 'other';
      return;
    }
    if (span.name.endsWith('.kickoff')) draft.operation ??= 'workflow';
    else if (span.name.endsWith(CORE)) {
      draft.operation ??= 'agent';
      draft.agentName ??= text(a['graph.node.id']) ?? roleIn(a['input.value']) ?? roleInName(span.name);
    } else if (a['openinference.span.kind'] === 'TOOL') {
      draft.operation ??= 'tool';
      draft.toolName ??= text(a['tool.name']) ?? toolIn(span.name);
      // input.value holds the whole tool object; its arguments stand apart.
      const wasCut = span.faults.includes('truncated-attribute');
      draft.toolArguments ??= callArguments(a['tool.parameters'], wasCut);
    }
  },
};

/** Since 0.1.12 the span is called `{role}._execute_core`, before `Task._execute_core`. */
function roleInName(name: string): string | null {
  const role = name.slice(0, -CORE.length);
  return role === 'Task' ? null : text(role);
}

/** The agent as Python prints it: `id=UUID('…') role='Software developer' goal=…`. */
function roleIn(input: unknown): string | null {
  if (typeof input !== 'string') return null;
  const role = /\brole=(?:'([^']*)'|\\"([^"\\]*)\\")/.exec(input);
  return text(role?.[1] ?? role?.[2]);
}

/** `{tool}._use`, `{tool}.run`; `ToolUsage._use` does not say which. */
function toolIn(name: string): string | null {
  const at = name.lastIndexOf('.');
  const tool = at < 0 ? name : name.slice(0, at);
  return tool === 'ToolUsage' ? null : text(tool);
}
