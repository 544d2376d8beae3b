'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { type Answered, answer, answerValue, readForm } from '@/lib/auth/answer';
import { changeView, removeView, viewChangeSchema } from '@/lib/services/views/change-view';
import { chooseColumns, columnsSchema } from '@/lib/services/views/choose-columns';
import { newViewSchema, saveView } from '@/lib/services/views/save-view';

export async function save(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(newViewSchema, form);
    await saveView(actor, input);
    return input.shared ? `"${input.name}" is saved for everybody.` : `"${input.name}" is saved for you.`;
  });
}

export async function change(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await changeView(actor, readForm(viewChangeSchema, form));
    return 'View changed.';
  });
}

export async function remove(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { id } = readForm(z.object({ id: z.string() }), form);
    await removeView(actor, id);
    return 'View removed.';
  });
}

export async function keepColumns(input: z.input<typeof columnsSchema>): Promise<Answered<null>> {
  return answerValue(async (actor) => {
    await chooseColumns(actor, columnsSchema.parse(input));
    return null;
  });
}
