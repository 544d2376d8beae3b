import { unstable_rethrow } from 'next/navigation';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import type { Actor } from './actor';
import { answerError } from './answer';
import { currentActor } from './session';

/**
 * A route of the public API: `work` is told who asks, by API key (`Authorization: Bearer …`) or, without one, by the
 * session of a person who is signed in. What it throws becomes the error's JSON with its status.
 */
export async function answerApi(
  request: Request,
  work: (actor: Actor) => Promise<Response>,
): Promise<Response> {
  try {
    return await work(await actorOf(request));
  } catch (error) {
    unstable_rethrow(error);
    return answerError(error);
  }
}

/** The two headers a key may come in; one in `x-api-key` is read as a bearer's. */
function presentedKey(headers: Headers): string | undefined {
  const key = headers.get('x-api-key');
  return headers.get('authorization') ?? (key === null ? undefined : `Bearer ${key}`);
}

/** lib/auth/settle-client-address.ts has made the header one address that holds. */
async function actorOf(request: Request): Promise<Actor> {
  const header = presentedKey(request.headers);
  const person = header === undefined ? await currentActor() : null;
  return person ?? authenticateKey(header, request.headers.get('x-forwarded-for') ?? undefined);
}
