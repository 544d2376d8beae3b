import type { Unclassified } from '@/lib/services/risk/read-facts';

/** Why a span could not be told what data it touched, in words. */
export const REASONS: Record<Unclassified, { name: string; why: string }> = {
  'no-contract': { name: 'Calls under no contract', why: 'Nothing said what their tools touch.' },
  'no-name': { name: 'Calls that name no tool', why: 'The span says that a tool was called, not which.' },
  'unknown-tool': {
    name: 'Calls of tools the contract does not know',
    why: 'No detector found anything in them, and nobody said what they touch.',
  },
  retrieval: {
    name: 'Retrievals',
    why: 'What was retrieved is not told by a tool of the contract.',
  },
  unrecognised: {
    name: 'Spans of no known kind',
    why: 'Neither a model, nor a tool, nor a step that is recognised.',
  },
};

/** The list of the latest runs that a figure of an agent's risk counts. `query` without `?`; empty: all of them. */
export function riskRunsHref(agent: string, query = ''): string {
  return `/agents/${encodeURIComponent(agent)}/risk/runs${query === '' ? '' : `?${query}`}`;
}
