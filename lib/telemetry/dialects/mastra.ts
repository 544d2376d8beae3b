import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { callArguments, parsed } from '@/lib/telemetry/dialects/values';
import type { Operation } from '@/lib/telemetry/span';

const OPERATIONS: ReadonlyMap<unknown, Operation> = new Map<unknown, Operation>([
  ['agent_run', 'agent'],
  ['workflow_run', 'workflow'],
  ['model_generation', 'model'],
  ['tool_call', 'tool'],
  ['mcp_tool_call', 'tool'],
]);

/** Mastra's exporters: gen_ai or OpenInference names beside `mastra.span.type`, which knows steps from whole calls. */
export const mastra: Dialect = {
  name: 'mastra',

  speaks: (a) => a['mastra.span.type'] !== undefined,

  read(a, draft, span) {
    const type = a['mastra.span.type'];
    // model_step, model_chunk and model_inference lie inside a model_generation and repeat its usage.
    draft.operation ??= OPERATIONS.get(type) ?? 'other';
    if (draft.operation !== 'tool') return;
    const wasCut = span.faults.includes('truncated-attribute');
    draft.toolArguments ??= callArguments(a[`mastra.${String(type)}.input`], wasCut);
    draft.toolResult ??= parsed(a[`mastra.${String(type)}.output`]);
  },
};
