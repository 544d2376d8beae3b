'use client';

import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { askPasskey, stopAsking } from '@/components/passkeys/ask-passkey';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Input } from '@/components/ui/field';
import { useReady } from '@/components/ui/use-ready';
import type { ActionState } from '@/lib/auth/action-state';
import type { Answered } from '@/lib/auth/answer';
import type { SigningMethod } from '@/lib/evidence/statement';
import type { Proof, ProofChallenge, ProofMethods } from '@/lib/services/signing/proof';
import { openLogin } from './fresh-login';

type Done = Extract<ActionState, { ok: true }>;

interface Fault {
  message: string;
  /** Of the one field, when it is the field's. */
  field?: string;
}

/** What the person has to do, on the button's second line. */
function asks(method: SigningMethod, methods: ProofMethods): string {
  if (method === 'passkey') return 'Asks for your passkey.';
  if (method === 'oidc') return `Opens ${methods.oidc?.name ?? 'your sign-in service'} to log in once more.`;
  return '';
}

/** How the others are called where one may choose another. */
function instead(method: SigningMethod, methods: ProofMethods): string {
  if (method === 'passkey') return 'Use a passkey';
  if (method === 'password') return 'Use your password';
  if (method === 'oidc') return `Log in at ${methods.oidc?.name ?? 'your sign-in service'}`;
  return 'Type your name';
}

/** The ways there are, the strongest first. */
function waysOf(methods: ProofMethods, passkeysWork: boolean): SigningMethod[] {
  return [
    ...(methods.passkeys.length > 0 && passkeysWork ? (['passkey'] as const) : []),
    ...(methods.password ? (['password'] as const) : []),
    ...(methods.oidc === null ? [] : (['oidc'] as const)),
    ...(methods.demo === null ? [] : (['demo'] as const)),
  ];
}

/**
 * Confirms with the person's own means and does it: a passkey, the password, a fresh login, or in the demo the name.
 * `begin` fixes what is agreed to and `finish` does it; both are server actions of whoever shows this. What is typed
 * elsewhere on the page stays through every error.
 */
export function ProveForm({
  methods,
  begin,
  finish,
  label,
  note,
  disabled = false,
  onDone,
}: {
  methods: ProofMethods;
  begin: (method: SigningMethod) => Promise<Answered<ProofChallenge>>;
  finish: (proof: Proof) => Promise<ActionState>;
  /** The button: "Sign as GRC". */
  label: ReactNode;
  /** What else to know before pressing it: "Cannot be undone." */
  note?: ReactNode;
  disabled?: boolean;
  onDone?: (state: Done) => void;
}) {
  const ready = useReady();
  const ways = waysOf(methods, !ready || browserSupportsWebAuthn());
  const [chosen, setChosen] = useState<SigningMethod | null>(null);
  const [pending, setPending] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const [waiting, setWaiting] = useState<{ cancel: () => void } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const noteId = useId();
  const method = chosen !== null && ways.includes(chosen) ? chosen : ways[0];

  // What this form asks must not outlive it; what its owner asks next is another matter.
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);
  useEffect(() => {
    if (fault?.field !== undefined) form.current?.querySelector<HTMLInputElement>('input')?.focus();
  }, [fault]);

  if (method === undefined)
    return (
      <Callout tone="medium" title="You have no way to confirm that it is you.">
        Add a passkey under Settings, You, or ask an administrator for a link to set a password.
      </Callout>
    );

  function choose(other: SigningMethod) {
    waiting?.cancel();
    setChosen(other);
    setFault(null);
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (method === undefined || pending) return;
    const typed = new FormData(event.currentTarget).get('proof');
    // Opened by the click itself: a browser lets no script open one later.
    const login = method === 'oidc' ? openLogin() : null;
    setPending(true);
    setFault(null);
    try {
      const begun = await begin(method);
      if (!begun.ok) {
        login?.close();
        setFault(faultIn(begun));
        return;
      }
      const proof = await prove(begun.value, typeof typed === 'string' ? typed : '');
      stop.current = null;
      if ('message' in proof) {
        setFault(proof);
        return;
      }
      const done = await finish(proof);
      if (done?.ok === true) {
        form.current?.reset();
        onDone?.(done);
      } else if (done !== null) setFault(faultIn(done));
    } catch {
      login?.close();
      setFault({ message: 'The server did not answer. Check your connection and try again.' });
    } finally {
      setWaiting(null);
      setPending(false);
    }

    async function prove(challenge: ProofChallenge, text: string): Promise<Proof | Fault> {
      const { challengeId } = challenge;
      if (challenge.method === 'password') return { method: 'password', challengeId, password: text };
      if (challenge.method === 'demo') return { method: 'demo', challengeId, name: text };
      if (challenge.method === 'passkey') {
        if (challenge.passkey === null) return { message: 'There is no passkey to ask.' };
        stop.current = stopAsking;
        const asked = await askPasskey(challenge.passkey);
        return asked.ok
          ? { method: 'passkey', challengeId, response: asked.response }
          : { message: asked.message };
      }
      if (login === null || challenge.oidcUrl === null)
        return { message: 'The sign-in service is not set up.' };
      stop.current = login.cancel;
      setWaiting({ cancel: login.cancel });
      const came = await login.until(challengeId, challenge.oidcUrl);
      return came.ok ? { method: 'oidc', challengeId } : { message: came.message };
    }
  }

  const field = fault?.field === undefined ? {} : { error: fault.message };
  const hint = [asks(method, methods), note].filter((part) => part !== '' && part !== undefined);
  return (
    <form ref={form} onSubmit={submit} method="post" className="grid gap-3">
      {method === 'password' ? (
        <Input
          key="password"
          name="proof"
          type="password"
          label="Your password"
          autoComplete="current-password"
          required
          maxLength={1000}
          {...field}
        />
      ) : null}
      {method === 'demo' ? (
        <Input
          key="demo"
          name="proof"
          label="Your name"
          hint={`Type “${methods.demo?.name ?? ''}”. In a real workspace this is a passkey, a password or a fresh login.`}
          autoComplete="off"
          required
          maxLength={200}
          {...field}
        />
      ) : null}
      {fault !== null && fault.field === undefined ? (
        <Callout tone="critical" alert title={fault.message} />
      ) : null}
      <Button
        type="submit"
        variant="primary"
        pending={pending}
        disabled={disabled || !ready}
        aria-describedby={hint.length > 0 ? noteId : undefined}
        className={`w-full ${ready || disabled ? '' : 'disabled:opacity-100'}`}
      >
        {label}
      </Button>
      {waiting === null ? null : (
        <p className="text-sm text-ink-2" role="status">
          Waiting for {methods.oidc?.name} in the other window.{' '}
          <button type="button" className="prose-link" onClick={waiting.cancel}>
            Cancel
          </button>
        </p>
      )}
      {hint.length === 0 || waiting !== null ? null : (
        <p id={noteId} className="text-sm text-ink-2">
          {hint.map((part, index) => (
            <span key={index === 0 ? 'asks' : 'note'}>
              {index === 0 ? '' : ' '}
              {part}
            </span>
          ))}
        </p>
      )}
      {ways.length < 2 ? null : (
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {ways
            .filter((way) => way !== method)
            .map((way) => (
              <button
                key={way}
                type="button"
                className="prose-link disabled:opacity-55"
                disabled={pending}
                onClick={() => choose(way)}
              >
                {instead(way, methods)}
              </button>
            ))}
        </p>
      )}
    </form>
  );
}

/** The one field's own fault, or what went wrong as a whole. */
function faultIn(state: Extract<ActionState, { ok: false }>): Fault {
  const own = state.issues.find((issue) => issue.path === 'password' || issue.path === 'name');
  return own === undefined ? { message: state.message } : { message: own.message, field: own.path };
}
