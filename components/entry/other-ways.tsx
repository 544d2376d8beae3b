'use client';

import { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } from '@simplewebauthn/browser';
import { signIn } from 'next-auth/react';
import { useCallback, useEffect, useState } from 'react';
import { askPasskey, offerPasskeys, stopAsking } from '@/components/passkeys/ask-passkey';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useReady } from '@/components/ui/use-ready';
import type { AssertionRequest, AssertionResponse } from '@/lib/services/passkeys/responses';

/** A challenge holds five minutes; the browser's own list may stay open longer. */
const RENEW_MS = 4 * 60_000;
const NO_ANSWER = 'The server did not answer. Check your connection and try again.';

interface Begun {
  challengeId: string;
  request: AssertionRequest;
}

async function begin(): Promise<Begun | null> {
  const response = await fetch('/api/passkeys/sign-in', { method: 'POST' });
  if (response.status === 429) throw new Error('Too many attempts. Wait a while and try again.');
  if (!response.ok) throw new Error(NO_ANSWER);
  return response.json();
}

/** Null when it worked: the browser is on its way to `next`. */
async function finish(
  challengeId: string,
  response: AssertionResponse,
  next: string,
): Promise<string | null> {
  const result = await signIn('passkey', {
    answer: JSON.stringify({ challengeId, response }),
    redirect: false,
  });
  if (result?.ok === true && !result.error) {
    // A full load: the layout above is another one, and nothing of the visitor before may stay.
    window.location.assign(next);
    return null;
  }
  const told = /^told:(.+)$/s.exec(result?.error ?? '')?.[1];
  return told ?? 'The passkey could not be checked. Try again.';
}

/** Signing in without the password: by a passkey, offered at the e-mail field too, or at the sign-in service. */
export function OtherWays({
  next,
  passkeys,
  service,
}: {
  next: string;
  /** False at addresses where browsers offer none. */
  passkeys: boolean;
  /** The sign-in service's name; null without one. */
  service: string | null;
}) {
  const ready = useReady();
  const [pending, setPending] = useState<'passkey' | 'service' | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [round, setRound] = useState(0);

  const again = useCallback(() => setRound((count) => count + 1), []);

  // In the browser's own list at the e-mail field. `round` starts it anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` is read by nobody.
  useEffect(() => {
    if (!passkeys) return;
    let here = true;
    const timer = setTimeout(again, RENEW_MS);
    const offer = async () => {
      if (!(await browserSupportsWebAuthnAutofill())) return;
      const begun = await begin();
      if (begun === null || !here) return;
      const response = await offerPasskeys(begun.request);
      if (response === null || !here) return;
      setPending('passkey');
      const fault = await finish(begun.challengeId, response, next);
      if (fault === null) return;
      // Not offered anew at once: a device that picks by itself would pick the same one for ever.
      setPending(null);
      setError(fault);
    };
    // The page has its other ways; the button says what is wrong when it is pressed.
    offer().catch(() => {});
    return () => {
      here = false;
      clearTimeout(timer);
      stopAsking();
    };
  }, [passkeys, next, round, again]);

  async function byPasskey() {
    setPending('passkey');
    setError(null);
    try {
      const begun = await begin();
      if (begun === null) throw new Error('There are no passkeys at this address.');
      const asked = await askPasskey(begun.request);
      const fault = asked.ok ? await finish(begun.challengeId, asked.response, next) : asked.message;
      if (fault === null) return;
      setError(fault);
    } catch (fault) {
      setError(fault instanceof Error && fault.name === 'Error' ? fault.message : NO_ANSWER);
    }
    setPending(null);
    again();
  }

  async function byService() {
    setPending('service');
    setError(null);
    try {
      // The browser leaves this page for the service's.
      await signIn('oidc', { callbackUrl: next });
    } catch {
      setError(NO_ANSWER);
      setPending(null);
    }
  }

  const offered = passkeys && (!ready || browserSupportsWebAuthn());
  if (!offered && service === null) return null;
  return (
    <div className="grid gap-3">
      <p className="flex items-center gap-3 text-sm text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
      {offered ? (
        <Button onClick={byPasskey} pending={pending === 'passkey'} disabled={!ready || pending !== null}>
          Use a passkey
        </Button>
      ) : null}
      {service === null ? null : (
        <Button onClick={byService} pending={pending === 'service'} disabled={!ready || pending !== null}>
          Continue with {service}
        </Button>
      )}
      {error === null ? null : <Callout tone="critical" alert title={error} />}
    </div>
  );
}
