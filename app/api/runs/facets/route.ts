import { answerJson } from '@/lib/auth/answer';
import { listRunFacets } from '@/lib/services/runs/list-run-facets';

export async function GET(): Promise<Response> {
  return answerJson(listRunFacets);
}
