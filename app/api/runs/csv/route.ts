import { z } from 'zod';
import { answerFile } from '@/lib/auth/answer-file';
import { readQuery } from '@/lib/read-query';
import { exportRuns } from '@/lib/services/runs/export-runs';
import { runColumnsSchema } from '@/lib/services/runs/run-columns';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

/** The list of runs as a file; the same filters, order and columns as the screen, without its paging. */
export async function GET(request: Request): Promise<Response> {
  return answerFile({ name: 'runs.csv', type: 'text/csv' }, (actor) => {
    const { sort, order } = readQuery(runPageSchema, request);
    const { cols } = readQuery(z.object({ cols: runColumnsSchema }), request);
    return exportRuns(actor, readQuery(runFilterSchema, request), { sort, order }, cols);
  });
}
