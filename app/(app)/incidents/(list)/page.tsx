import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { IncidentList } from '@/components/incidents/incident-list';
import { incidentQuery, loadIncidentSearch } from '@/components/incidents/incident-search';
import { requireActor } from '@/lib/auth/session';
import { incidentFilterSchema } from '@/lib/services/incidents/incident-filters';
import { listIncidents } from '@/lib/services/incidents/list-incidents';
import { listRunFacets } from '@/lib/services/runs/list-run-facets';

export const metadata: Metadata = { title: 'Incidents' };

export default async function IncidentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const query = incidentQuery(await loadIncidentSearch(searchParams));
  const filters = incidentFilterSchema.parse(Object.fromEntries(new URLSearchParams(query)));
  const [initial, facets] = await Promise.all([listIncidents(actor, filters), listRunFacets(actor)]);
  return <IncidentList initial={initial} initialQuery={query} agents={facets.agents} />;
}
