import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { AgentList } from '@/components/agents/agent-list';
import { agentQuery, loadAgentSearch } from '@/components/agents/agent-search';
import { can } from '@/lib/auth/can';
import { requireActor } from '@/lib/auth/session';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { listAgents } from '@/lib/services/agents/list-agents';
import { sponsorsToName } from '@/lib/services/agents/propose-agent';
import { businessUnits } from '@/lib/services/templates/new-contract';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const query = agentQuery(await loadAgentSearch(searchParams));
  const filters = agentFilterSchema.parse(Object.fromEntries(new URLSearchParams(query)));
  const proposing = can(actor, 'agent.propose', { workspaceId: actor.workspaceId })
    ? { sponsors: await sponsorsToName(actor), units: await businessUnits(actor) }
    : null;
  return (
    <AgentList
      initial={await listAgents(actor, filters, new Date())}
      initialQuery={query}
      proposing={proposing}
    />
  );
}
