'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, answerAnyone, readForm } from '@/lib/auth/answer';
import { addPerson, newPersonSchema } from '@/lib/services/people/add-person';
import {
  changeRoles,
  disablePerson,
  enablePerson,
  renewPasswordLink,
  rolesSchema,
} from '@/lib/services/people/change-person';
import { removeWayIn, removeWayInSchema } from '@/lib/services/people/remove-way-in';
import { setMail as saveMail } from '@/lib/services/people/set-mail';
import { changeOwnPassword, setPasswordByLink, whoseLink } from '@/lib/services/people/set-password';

const personSchema = z.object({ personId: z.uuid() });
const reasonSchema = personSchema.extend({ reason: z.string().trim().min(1, 'Say why.').max(2000) });

export async function add(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(newPersonSchema, form, ['roles']);
    const { name, link } = await addPerson(actor, input);
    refresh();
    return { message: `${name} was added.`, reveal: link ?? '' };
  });
}

export async function saveRoles(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await changeRoles(actor, readForm(rolesSchema, form, ['roles']));
    refresh();
    return 'Roles saved. They hold from the next click on.';
  });
}

export async function disable(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const how = await disablePerson(actor, readForm(reasonSchema, form));
    refresh();
    return how === 'disabled'
      ? 'Disabled. Their sessions have ended.'
      : 'Removed from this workspace. They keep the others they belong to.';
  });
}

export async function enable(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await enablePerson(actor, readForm(personSchema, form));
    refresh();
    return 'Enabled.';
  });
}

export async function removeWay(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name, removed, canSignIn } = await removeWayIn(actor, readForm(removeWayInSchema, form));
    refresh();
    return `The ${removed} of ${name} is removed.${canSignIn ? '' : ' They have no way in now: make them a link.'}`;
  });
}

export async function renewLink(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name, link } = await renewPasswordLink(actor, readForm(personSchema, form));
    return { message: `A new link for ${name}.`, reveal: link };
  });
}

export async function changePassword(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await changeOwnPassword(
      actor,
      readForm(z.object({ current: z.string().max(1000), password: z.string().max(1000) }), form),
    );
    return 'Password changed. Sign in with it; every session with the old one has ended.';
  });
}

/** For the page behind a one-time link: whom it greets. */
export async function readLink(token: string): Promise<ActionState> {
  return answerAnyone(async () => {
    const { name, email } = await whoseLink(z.string().max(2000).parse(token));
    return { message: name, reveal: email };
  });
}

export async function setPassword(_: ActionState, form: FormData): Promise<ActionState> {
  return answerAnyone(async () => {
    const { token, password } = readForm(
      z.object({ token: z.string().max(2000), password: z.string().max(1000) }),
      form,
    );
    const { email } = await setPasswordByLink(token, password);
    return { message: 'Password set.', reveal: email };
  });
}

export async function setMail(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { wanted } = readForm(z.object({ wanted: z.enum(['yes', 'no']) }), form);
    await saveMail(actor, { wanted: wanted === 'yes' });
    refresh();
    return wanted === 'yes' ? 'A first mail is on its way.' : 'Nothing is mailed to you any more.';
  });
}
