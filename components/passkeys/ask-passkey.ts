import {
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  WebAuthnError,
} from '@simplewebauthn/browser';
import type {
  AssertionRequest,
  AssertionResponse,
  EnrolmentRequest,
  EnrolmentResponse,
} from '@/lib/services/passkeys/responses';

/** What came of asking; `quiet` when the person did not want to, or another question took its place. */
type Asked<T> = { ok: true; response: T } | { ok: false; message: string };

/** Asks a passkey to sign the challenge. */
export async function askPasskey(request: AssertionRequest): Promise<Asked<AssertionResponse>> {
  return asking(async () => toAssertion(await startAuthentication({ optionsJSON: request })));
}

/** Offers passkeys in the browser's own list at a field with `autocomplete="username webauthn"`; waits until one is picked. */
export async function offerPasskeys(request: AssertionRequest): Promise<AssertionResponse | null> {
  try {
    return toAssertion(await startAuthentication({ optionsJSON: request, useBrowserAutofill: true }));
  } catch {
    // Cancelled, replaced by the button, or not offered by this browser: the page has its other ways.
    return null;
  }
}

/** Has a new passkey made. */
export async function makePasskey(request: EnrolmentRequest): Promise<Asked<EnrolmentResponse>> {
  return asking(async () => {
    const { id, rawId, type, response } = await startRegistration({ optionsJSON: request });
    const { attestationObject, clientDataJSON, transports = [] } = response;
    return { id, rawId, type: publicKey(type), response: { attestationObject, clientDataJSON, transports } };
  });
}

/** Stops asking: the page has gone on. */
export function stopAsking(): void {
  WebAuthnAbortService.cancelCeremony();
}

function toAssertion(answer: Awaited<ReturnType<typeof startAuthentication>>): AssertionResponse {
  const { id, rawId, type, response } = answer;
  const { clientDataJSON, authenticatorData, signature } = response;
  return { id, rawId, type: publicKey(type), response: { clientDataJSON, authenticatorData, signature } };
}

function publicKey(type: string): 'public-key' {
  if (type !== 'public-key') throw new Error(`The browser answered with a credential of type ${type}.`);
  return type;
}

async function asking<T>(work: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { ok: true, response: await work() };
  } catch (error) {
    return { ok: false, message: inWords(error) };
  }
}

function inWords(error: unknown): string {
  if (error instanceof WebAuthnError) {
    if (error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
      return 'This device already holds a passkey of yours for Countersign.';
    if (error.code === 'ERROR_INVALID_RP_ID' || error.code === 'ERROR_INVALID_DOMAIN')
      return 'The browser allows passkeys at the dashboard’s own address only, over https or on localhost. Open it there.';
    if (error.code === 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT')
      return 'This key cannot ask for a PIN or fingerprint. Set one up on it, or use another.';
  }
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError')
    return 'No passkey answered: it was cancelled, or took too long. Try again.';
  if (name === 'NotSupportedError') return 'This browser or device cannot hold such a passkey.';
  return 'The passkey did not answer. Try again.';
}
