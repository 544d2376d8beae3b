import type { Dialect } from '@/lib/telemetry/dialects/draft';
import { text } from '@/lib/telemetry/dialects/values';

/**
 * AutoGen's runtime: every message between agents is an `autogen send|publish|process …` span. Its calls of models, tools
 * and agents speak gen_ai.
 */
export const autogen: Dialect = {
  name: 'autogen',

  speaks: (a, span) => a['messaging.destination'] !== undefined && span.name.startsWith('autogen '),

  read(a, draft, span) {
    draft.operation ??= 'other';
    if (span.name.startsWith('autogen process ')) draft.agentName ??= agentIn(a['messaging.destination']);
  },
};

/** An agent's address is `{type}.({key})-A`, a topic's ends in `-T`. */
function agentIn(destination: unknown): string | null {
  if (typeof destination !== 'string' || !destination.endsWith('-A')) return null;
  const end = destination.indexOf('.(');
  return end > 0 ? text(destination.slice(0, end)) : null;
}
