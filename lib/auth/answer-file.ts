import { AppError } from '@/lib/errors';
import type { Actor } from './actor';
import { answerError } from './answer';
import { currentActor } from './session';

/**
 * A route handler's answer as a file to keep, sent piece by piece. The first piece is awaited before anything is
 * sent, so that a refusal is an answer with its status and not a broken file.
 */
export async function answerFile(
  file: { name: string; type: string },
  pieces: (actor: Actor) => AsyncGenerator<string>,
): Promise<Response> {
  try {
    const actor = await currentActor();
    if (actor === null) throw new AppError('unauthenticated', 'Sign in first.');
    const rest = pieces(actor);
    const first = await rest.next();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (!first.done) controller.enqueue(encoder.encode(first.value));
      },
      async pull(controller) {
        const next = await rest.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      async cancel() {
        await rest.return(undefined);
      },
    });
    return new Response(body, {
      headers: {
        'content-type': `${file.type}; charset=utf-8`,
        'content-disposition': `attachment; filename="${file.name}"`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    return answerError(error);
  }
}
