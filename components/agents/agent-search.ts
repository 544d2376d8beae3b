import {
  createLoader,
  createParser,
  createSerializer,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import { STAGES } from '@/lib/lifecycle/stages';
import { AGENT_SORTS } from '@/lib/services/agents/agent-filters';

/** What the list of agents shows, as it stands in the URL. */
export const agentSearchParsers = {
  q: parseAsString.withDefault(''),
  stage: parseAsStringLiteral(STAGES),
  unit: parseAsString.withDefault(''),
  discovered: createParser<boolean>({
    parse: (text) => (text === '1' ? true : null),
    serialize: () => '1',
  }).withDefault(false),
  sort: parseAsStringLiteral(AGENT_SORTS).withDefault('band'),
  order: parseAsStringLiteral(['asc', 'desc']),
};
export const loadAgentSearch = createLoader(agentSearchParsers);
export const agentQuery = createSerializer(agentSearchParsers);
