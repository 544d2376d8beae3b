import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { estateSchema, getEstate } from '@/lib/services/overview/get-estate';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => getEstate(actor, readQuery(estateSchema, request).days, new Date()));
}
