'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { Checkboxes, Input, Select } from '@/components/ui/field';
import { Reveal } from '@/components/ui/reveal';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { PersonRow } from '@/lib/services/people/list-people';
import { add, disable, enable, removeWay, renewLink, saveRoles } from './actions';
import { ROLE_OPTIONS } from './role-options';

/** Name, address, roles; then the one-time link to hand over. */
export function AddPerson() {
  const [made, setMade] = useState<{ title: string; link: string } | null>(null);
  return (
    <Dialog
      trigger="Add person"
      variant="primary"
      title={made === null ? 'Add a person' : made.title}
      onClose={() => setMade(null)}
    >
      {(close) =>
        made === null ? (
          <ActionForm
            action={add}
            onDone={(state) => setMade({ title: state.message, link: state.reveal ?? '' })}
          >
            <Input name="name" label="Name" required autoComplete="off" maxLength={120} />
            <Input name="email" type="email" label="E-mail" required autoComplete="off" maxLength={320} />
            <Input
              name="jobTitle"
              label="Job title"
              hint="As colleagues know them."
              autoComplete="off"
              maxLength={120}
            />
            <Checkboxes name="roles" legend="Roles" options={ROLE_OPTIONS} />
            <DialogActions onCancel={close} confirm="Add person" />
          </ActionForm>
        ) : made.link === '' ? (
          <div className="grid gap-4">
            <p className="text-ink-2">
              They belong to another workspace of this instance already and sign in with the password they
              have. From their account menu they switch between the two.
            </p>
            <div className="flex justify-end">
              <Button variant="primary" onClick={close}>
                Done
              </Button>
            </div>
          </div>
        ) : (
          <Link link={made.link} close={close} />
        )
      }
    </Dialog>
  );
}

function Link({ link, close }: { link: string; close: () => void }) {
  return (
    <Reveal title="Hand this link over yourself" value={link} what="link" done="Done" onDone={close}>
      <p className="text-sm text-ink-2">
        They set their password with it. It works once, for three days; if it gets lost, make another in the
        list.
      </p>
    </Reveal>
  );
}

export function EditRoles({ person }: { person: PersonRow }) {
  return (
    <Dialog
      trigger={
        <>
          Roles<span className="sr-only"> of {person.name}</span>
        </>
      }
      size="small"
      title={`Roles of ${person.name}`}
      description="A change holds from their next click on."
    >
      {(close) => (
        <ActionForm
          action={saveRoles}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <input type="hidden" name="personId" value={person.id} />
          <Checkboxes name="roles" legend="Roles" options={ROLE_OPTIONS} chosen={person.roles} />
          <Input name="jobTitle" label="Job title" defaultValue={person.jobTitle ?? ''} maxLength={120} />
          <DialogActions onCancel={close} confirm="Save roles" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function NewLink({ person }: { person: PersonRow }) {
  const [link, setLink] = useState<string | null>(null);
  return (
    <Dialog
      trigger={
        <>
          {person.state === 'invited' ? 'Link' : 'Reset'}
          <span className="sr-only"> for {person.name}</span>
        </>
      }
      size="small"
      title={`A link for ${person.name} to set a password`}
      onClose={() => setLink(null)}
      {...(link === null
        ? { description: 'Their present password works until they use it. Links made before still work too.' }
        : {})}
    >
      {(close) =>
        link === null ? (
          <ActionForm action={renewLink} onDone={(state) => setLink(state.reveal ?? '')}>
            <input type="hidden" name="personId" value={person.id} />
            <DialogActions onCancel={close} confirm="Make link" />
          </ActionForm>
        ) : (
          <Link link={link} close={close} />
        )
      }
    </Dialog>
  );
}

/** Takes away a passkey that was lost, or the tie to a company account. Nothing where there is neither. */
export function RemoveWayIn({ person }: { person: PersonRow }) {
  if (person.passkeys.length === 0 && !person.hasAccount) return null;
  return (
    <ReasonDialog
      trigger={
        <>
          Sign-in<span className="sr-only"> of {person.name}</span>
        </>
      }
      size="small"
      title={`How ${person.name} signs in`}
      consequence="For a lost device, or an account that is no longer theirs. Sessions opened by it end at once, and they are told. What a passkey signed stays valid. An account is tied anew at their next login there."
      confirm="Remove"
      action={removeWay}
      fields={
        <>
          <input type="hidden" name="personId" value={person.id} />
          <Select name="way" label="Remove" required>
            {person.passkeys.map(({ id, name }) => (
              <option key={id} value={id}>
                Passkey “{name}”
              </option>
            ))}
            {person.hasAccount ? <option value="account">The tie to their company account</option> : null}
          </Select>
        </>
      }
    />
  );
}

export function DisablePerson({ person }: { person: PersonRow }) {
  return (
    <ReasonDialog
      trigger={
        <>
          Disable<span className="sr-only"> {person.name}</span>
        </>
      }
      size="small"
      title={`Disable ${person.name}`}
      consequence="They are signed out at once and cannot come back until somebody enables them. Their name stays on everything they did. Contracts that name them still do: change those first, or nobody is paged in their place."
      confirm="Disable"
      action={disable}
      fields={<input type="hidden" name="personId" value={person.id} />}
    />
  );
}

export function EnablePerson({ person }: { person: PersonRow }) {
  return (
    <ActionForm action={enable} className="inline-grid" onDone={(state) => toast(state.message)}>
      <input type="hidden" name="personId" value={person.id} />
      <SubmitButton variant="default" size="small">
        Enable<span className="sr-only"> {person.name}</span>
      </SubmitButton>
    </ActionForm>
  );
}
