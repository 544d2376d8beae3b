'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import type { FormAction } from '@/lib/auth/action-state';
import { wallAt } from '@/lib/response/local-time';
import type { PersonRef } from '@/lib/services/on-call/shift-dto';
import { archive, enterAbsence, override, takeBackAbsence, takeBackOverride } from './actions';

/** Somebody on call in the rotation's place, for a time that is given or chosen. */
export function TakeShift({
  scheduleId,
  zone,
  people,
  me,
  from,
  to,
  shift,
}: {
  scheduleId: string;
  zone: string;
  /** Whom the reader may put on call: everybody, or themselves alone. */
  people: readonly PersonRef[];
  me: string | null;
  /** ISO. */
  from: string;
  to: string;
  /** In words, where it is one of several in a list; the button is small then. */
  shift?: string;
}) {
  return (
    <Dialog
      trigger={
        shift === undefined ? (
          'Take a shift'
        ) : (
          <>
            Take<span className="sr-only"> {shift}</span>
          </>
        )
      }
      size={shift === undefined ? 'normal' : 'small'}
      title="Take a shift"
      description="Who is chosen is on call instead of whoever the rotations name. Of several overrides of one time the one made last counts."
    >
      {(close) => (
        <ActionForm action={override} onDone={told(close)}>
          <input type="hidden" name="scheduleId" value={scheduleId} />
          <Person label="Who is on call" people={people} me={me} />
          <Span zone={zone} from={from} to={to} />
          <Input name="reason" label="Reason" maxLength={500} />
          <DialogActions onCancel={close} confirm="Take the shift" />
        </ActionForm>
      )}
    </Dialog>
  );
}

/** Says that somebody is away. */
export function EnterAbsence({
  zone,
  people,
  me,
  from,
  to,
}: {
  zone: string;
  people: readonly PersonRef[];
  me: string | null;
  from: string;
  to: string;
}) {
  return (
    <Dialog
      trigger="Enter an absence"
      size="small"
      title="Enter an absence"
      description="Whoever is away is passed over: the next in each rotation takes over, and nobody pages them."
    >
      {(close) => (
        <ActionForm action={enterAbsence} onDone={told(close)}>
          <Person label="Who is away" people={people} me={me} />
          <Span zone={zone} from={from} to={to} />
          <Input name="note" label="Note" hint="Everybody in the workspace sees it." maxLength={200} />
          <DialogActions onCancel={close} confirm="Enter" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function TakeBackOverride({ id, name, span }: { id: string; name: string; span: string }) {
  return (
    <TakeBack
      id={id}
      action={takeBackOverride}
      title={`Take back the override of ${name}?`}
      description={`${span}. From now on the rotation counts again; what has passed stays.`}
    />
  );
}

export function TakeBackAbsence({ id, name, span }: { id: string; name: string; span: string }) {
  return (
    <TakeBack
      id={id}
      action={takeBackAbsence}
      title={`Take back the absence of ${name}?`}
      description={`${span}. From now on they are on call when it is their turn, and are paged.`}
    />
  );
}

function TakeBack({
  id,
  action,
  title,
  description,
}: {
  id: string;
  action: FormAction;
  title: string;
  description: string;
}) {
  return (
    <Dialog trigger="Take back" size="small" title={title} description={description}>
      {(close) => (
        <ActionForm action={action} onDone={told(close)}>
          <input type="hidden" name="id" value={id} />
          <DialogActions onCancel={close} confirm="Take back" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function ArchiveSchedule({ id, name, address }: { id: string; name: string; address: string }) {
  return (
    <Dialog
      trigger="Archive"
      title={`Archive ${name}?`}
      description={`Its address ${address} leads to nobody then. Refused while a contract in force pages it. An archived schedule cannot be brought back; its record stays in the audit log.`}
    >
      {(close) => (
        <ActionForm action={archive}>
          <input type="hidden" name="id" value={id} />
          <DialogActions onCancel={close} confirm="Archive" variant="danger" />
        </ActionForm>
      )}
    </Dialog>
  );
}

const told =
  (close: () => void) =>
  ({ message }: { message: string }) => {
    close();
    toast(message);
  };

function Person({ label, people, me }: { label: string; people: readonly PersonRef[]; me: string | null }) {
  return (
    <Select name="personId" label={label} required defaultValue={me ?? ''}>
      {me === null ? (
        <option value="" disabled>
          Choose a person
        </option>
      ) : null}
      {people.map((person) => (
        <option key={person.id} value={person.id}>
          {person.id === me ? `${person.name} (you)` : person.name}
        </option>
      ))}
    </Select>
  );
}

function Span({ zone, from, to }: { zone: string; from: string; to: string }) {
  const local = (at: string) => new Date(wallAt(zone, Date.parse(at))).toISOString().slice(0, 16);
  return (
    <>
      <input type="hidden" name="zone" value={zone} />
      <Input
        type="datetime-local"
        name="from"
        label="From"
        hint={`By the clocks of ${zone}. What has begun already begins now.`}
        required
        defaultValue={local(from)}
      />
      <Input type="datetime-local" name="to" label="Until" required defaultValue={local(to)} />
    </>
  );
}
