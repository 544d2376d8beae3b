import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) =>
    listRuns(actor, readQuery(runFilterSchema, request), readQuery(runPageSchema, request)),
  );
}
