'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { toast } from '@/components/ui/toast';
import type { PasskeyRow } from '@/lib/services/passkeys/list-passkeys';
import type { ProofMethods } from '@/lib/services/signing/proof';
import { rename, revoke } from './actions';
import { AddPasskey } from './add-passkey';

/** One's own passkeys: add, rename, revoke. */
export function Passkeys({
  passkeys,
  possible,
  methods,
  signedInWith,
}: {
  passkeys: readonly PasskeyRow[];
  /** False at an address where browsers offer none. */
  possible: boolean;
  methods: ProofMethods;
  /** The passkey this session was opened with. */
  signedInWith: string | null;
}) {
  return (
    <Sheet title="Passkeys" {...(possible ? { actions: <AddPasskey methods={methods} /> } : {})}>
      {passkeys.length === 0 ? (
        <SheetBody>
          <p className="text-sm text-ink-2">
            {possible
              ? 'None yet. With a passkey you sign in and sign at gates by fingerprint, face or PIN: nothing to type, and nothing that works at a false address.'
              : 'Browsers offer no passkeys at a bare IP address. Open the dashboard by a host name to add one.'}
          </p>
        </SheetBody>
      ) : (
        <ul>
          {passkeys.map((passkey) => (
            <li
              key={passkey.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-3.5 py-2.5 last:border-b-0"
            >
              <div className="min-w-0">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium break-words">
                  {passkey.name}
                  {passkey.backedUp ? <Tag>synced</Tag> : null}
                  {passkey.elsewhere === null ? null : <Tag tone="medium">for {passkey.elsewhere}</Tag>}
                </p>
                <p className="text-sm text-ink-2">
                  added <RelativeTime at={passkey.createdAt} />
                  {', '}
                  {passkey.lastUsedAt === null ? (
                    'not used yet'
                  ) : (
                    <>
                      last used <RelativeTime at={passkey.lastUsedAt} />
                    </>
                  )}
                </p>
              </div>
              <div className="flex gap-2">
                <Rename passkey={passkey} />
                <Revoke passkey={passkey} signsOut={passkey.id === signedInWith} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function Rename({ passkey }: { passkey: PasskeyRow }) {
  return (
    <Dialog
      trigger={
        <>
          Rename<span className="sr-only"> {passkey.name}</span>
        </>
      }
      size="small"
      title={`Rename ${passkey.name}`}
    >
      {(close) => (
        <ActionForm
          action={rename}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="passkeyId" value={passkey.id} />
          <Input
            name="name"
            label="Name"
            defaultValue={passkey.name}
            autoComplete="off"
            required
            maxLength={60}
          />
          <DialogActions onCancel={close} confirm="Rename" />
        </ActionForm>
      )}
    </Dialog>
  );
}

function Revoke({ passkey, signsOut }: { passkey: PasskeyRow; signsOut: boolean }) {
  return (
    <Dialog
      trigger={
        <>
          Revoke<span className="sr-only"> {passkey.name}</span>
        </>
      }
      variant="danger"
      size="small"
      title={`Revoke ${passkey.name}?`}
      description={`It no longer signs you in, and sessions opened with it end${signsOut ? ', this one too' : ''}. What you signed with it stays signed. Cannot be undone; you can add it anew.`}
    >
      {(close) => (
        <ActionForm
          action={revoke}
          onDone={(state) => {
            if (signsOut) {
              window.location.assign('/sign-in');
              return;
            }
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="passkeyId" value={passkey.id} />
          <DialogActions onCancel={close} confirm="Revoke" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}
