import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { getOverview, overviewSchema } from '@/lib/services/overview/get-overview';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => getOverview(actor, readQuery(overviewSchema, request).days, new Date()));
}
