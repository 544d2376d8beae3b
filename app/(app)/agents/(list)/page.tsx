import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { AgentList } from '@/components/agents/agent-list';
import { agentQuery, loadAgentSearch } from '@/components/agents/agent-search';
import { requireActor } from '@/lib/auth/session';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { listAgents } from '@/lib/services/agents/list-agents';

export const metadata: Metadata = { title: 'Agents' };

export default async function AgentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const query = agentQuery(await loadAgentSearch(searchParams));
  const filters = agentFilterSchema.parse(Object.fromEntries(new URLSearchParams(query)));
  return <AgentList initial={await listAgents(actor, filters, new Date())} initialQuery={query} />;
}
