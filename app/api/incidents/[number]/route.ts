import { answerJson } from '@/lib/auth/answer';
import { getIncident, incidentNumber } from '@/lib/services/incidents/get-incident';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ number: string }> },
): Promise<Response> {
  return answerJson(async (actor) => getIncident(actor, incidentNumber((await params).number), new Date()));
}
