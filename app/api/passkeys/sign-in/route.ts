import { answerError } from '@/lib/auth/answer';
import { beginPasskeySignIn } from '@/lib/services/passkeys/sign-in';

/** A challenge for the sign-in page; null where browsers offer no passkeys. */
export async function POST(request: Request): Promise<Response> {
  try {
    // lib/auth/settle-client-address.ts has made the header one address that holds.
    const begun = await beginPasskeySignIn(request.headers.get('x-forwarded-for') ?? 'unknown');
    return Response.json(begun, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return answerError(error);
  }
}
