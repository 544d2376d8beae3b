import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listRunChanges, runChangesSchema } from '@/lib/services/runs/list-run-changes';
import { runFilterSchema } from '@/lib/services/runs/run-filters';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => {
    const { since, ids, ...page } = readQuery(runChangesSchema, request);
    return listRunChanges(actor, readQuery(runFilterSchema, request), new Date(since), ids, page);
  });
}
