import { answerJson } from '@/lib/auth/answer';
import { currentActor } from '@/lib/auth/session';
import { readQuery } from '@/lib/read-query';
import { exportRuns } from '@/lib/services/runs/export-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

/** The list of runs as a file; the same filters as the screen, without its paging. */
export async function GET(request: Request): Promise<Response> {
  const actor = await currentActor();
  if (actor === null) return answerJson(async () => null);
  let chunks: AsyncGenerator<string>;
  let first: IteratorResult<string>;
  try {
    const { sort, order } = readQuery(runPageSchema, request);
    chunks = exportRuns(actor, readQuery(runFilterSchema, request), { sort, order });
    // The first chunk is awaited here, so that a refusal is an answer and not a broken file.
    first = await chunks.next();
  } catch (error) {
    return answerJson(async () => {
      throw error;
    });
  }
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (!first.done) controller.enqueue(encoder.encode(first.value));
    },
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="runs.csv"`,
      'cache-control': 'no-store',
    },
  });
}
