import { answerApi } from '@/lib/auth/api';
import { authorize } from '@/lib/auth/can';
import { AppError } from '@/lib/errors';
import { fileNameOf } from '@/lib/file-request';
import { importOptionsSchema, importSignals, MOST_IMPORT_BYTES } from '@/lib/services/signals/import-signals';

/**
 * Imports a CSV file (the body) as signals, read by `?options=…` (JSON: mapping, delimiter, kind). Answers as it goes: one JSON
 * object a line, the last with `done`. By a person's session, or an API key with the scope `signals`.
 */
export async function POST(request: Request): Promise<Response> {
  return answerApi(request, async (actor) => {
    authorize(actor, 'signal.record', { workspaceId: actor.workspaceId });
    const asked = importOptionsSchema.safeParse(
      parsed(new URL(request.url).searchParams.get('options') ?? ''),
    );
    if (!asked.success)
      throw new AppError('invalid', 'The mapping is not usable: choose a column for the value.');
    if (Number(request.headers.get('content-length') ?? 0) > MOST_IMPORT_BYTES) {
      await request.body?.cancel();
      throw new AppError('too_large', 'A file may have 512 MiB. Split it.');
    }
    if (request.body === null) throw new AppError('invalid', 'There is nothing in this file.');
    const steps = importSignals(actor, request.body, { ...asked.data, fileName: fileNameOf(request) });
    const encoder = new TextEncoder();
    return new Response(
      new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          const next = await steps.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
        },
        cancel: async () => {
          await steps.return(undefined);
        },
      }),
      { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } },
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
