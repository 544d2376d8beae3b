import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { incidentFilterSchema } from '@/lib/services/incidents/incident-filters';
import { listIncidents } from '@/lib/services/incidents/list-incidents';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => listIncidents(actor, readQuery(incidentFilterSchema, request)));
}
