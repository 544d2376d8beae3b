'use client';

import { useId, useRef, useState } from 'react';
import { ProveForm } from '@/components/signing/prove-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Dialog } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import type { Enrolment } from '@/lib/services/passkeys/enrol';
import type { ProofMethods } from '@/lib/services/signing/proof';
import { beginAdding, beginMaking, keepPasskey } from './actions';
import { makePasskey } from './ask-passkey';
import { deviceName } from './device-name';

/** Adds a passkey: a name for it, proof that it is oneself, then the browser's own question. */
export function AddPasskey({ methods }: { methods: ProofMethods }) {
  return (
    <Dialog
      trigger="Add a passkey"
      size="small"
      title="Add a passkey"
      description="Your fingerprint, face or PIN then signs you in and signs at gates. First confirm that it is you."
    >
      {(close) => <Steps methods={methods} close={close} />}
    </Dialog>
  );
}

function Steps({ methods, close }: { methods: ProofMethods; close: () => void }) {
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const [nameFault, setNameFault] = useState<string | null>(null);
  const [making, setMaking] = useState<'not yet' | 'now' | 'failed'>('not yet');
  const [fault, setFault] = useState<string | null>(null);
  const enrolment = useRef<Enrolment | null>(null);
  const field = useId();

  async function make() {
    const begun = enrolment.current;
    if (begun === null) return;
    setMaking('now');
    setFault(null);
    const made = await makePasskey(begun.request);
    if (!made.ok) {
      setFault(made.message);
      setMaking('failed');
      return;
    }
    const kept = await keepPasskey({ challengeId: begun.challengeId, name, response: made.response }).catch(
      () => null,
    );
    if (kept?.ok === true) {
      close();
      toast(kept.message);
      return;
    }
    setFault(kept?.message ?? 'The server did not answer. Check your connection and try again.');
    setMaking('failed');
  }

  const input = (
    <Input
      id={field}
      name="passkey-name"
      label="Name of the passkey"
      hint="To tell it from your others."
      value={name}
      onChange={(event) => {
        setName(event.currentTarget.value);
        setNameFault(null);
      }}
      autoComplete="off"
      required
      maxLength={60}
      {...(nameFault === null ? {} : { error: nameFault })}
    />
  );

  if (making !== 'not yet')
    return (
      <div className="grid gap-4">
        {input}
        {fault === null ? (
          <p role="status" className="text-ink-2">
            Your browser now asks where to keep the passkey.
          </p>
        ) : (
          <Callout tone="critical" alert title={fault} />
        )}
        <Button
          variant="primary"
          pending={making === 'now'}
          onClick={make}
          disabled={name.trim() === ''}
          className="w-full"
        >
          Make the passkey
        </Button>
      </div>
    );
  return (
    <div className="grid gap-4">
      {input}
      <ProveForm
        methods={methods}
        label="Continue"
        begin={async (method) => {
          if (name.trim() !== '') return beginAdding(method);
          setNameFault('What do you call it?');
          document.getElementById(field)?.focus();
          return { ok: false, message: 'The passkey needs a name.', issues: [] };
        }}
        finish={async (proof) => {
          const begun = await beginMaking(proof);
          if (!begun.ok) return begun;
          enrolment.current = begun.value;
          return { ok: true, message: '' };
        }}
        onDone={make}
      />
    </div>
  );
}
