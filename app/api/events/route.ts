import { answerError } from '@/lib/auth/answer';
import { currentSession } from '@/lib/auth/session';
import { subscribe } from '@/lib/services/live/subscribe';
import { loadSession } from '@/lib/services/people/load-session';

export const dynamic = 'force-dynamic';

const HEARTBEAT_MS = 20_000;

/** Server-sent events: which topics changed in the reader's workspace. Content is fetched, with the reader's rights, after. */
export async function GET(request: Request): Promise<Response> {
  const session = await currentSession().catch(answerError);
  if (session instanceof Response) return session;
  if (session === null) return new Response(null, { status: 401 });
  const { claim, actor } = session;
  const encoder = new TextEncoder();
  let close = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const write = (text: string) => {
        try {
          controller.enqueue(encoder.encode(text));
        } catch {
          // The reader left between two writes.
          close();
        }
      };
      const unsubscribe = subscribe(
        actor,
        (changes) => write(`data: ${JSON.stringify(changes)}\n\n`),
        // Ended rather than left silent: the browser says that news are interrupted, and asks again.
        () => close(),
      );
      const heartbeat = setInterval(async () => {
        // A revoked session must not go on listening.
        const still = await loadSession(claim).catch(() => 'unknown' as const);
        if (still === null) close();
        else write(': still here\n\n');
      }, HEARTBEAT_MS);
      close = () => {
        close = () => {};
        clearInterval(heartbeat);
        unsubscribe();
        request.signal.removeEventListener('abort', onAbort);
        try {
          controller.close();
        } catch {
          // Already closed by the reader.
        }
      };
      const onAbort = () => close();
      request.signal.addEventListener('abort', onAbort);
      write('retry: 2000\n\n');
    },
    cancel() {
      close();
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Tells nginx not to gather the stream.
      'x-accel-buffering': 'no',
    },
  });
}
