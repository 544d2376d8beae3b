'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { STEP_DONE } from '@/lib/response/ladder-words';
import { intervene, interveneSchema } from '@/lib/services/ladder/intervene';
import { liftIntervention } from '@/lib/services/ladder/lift';
import { markRecovered } from '@/lib/services/ladder/mark-recovered';

const takeSchema = interveneSchema.extend({
  to: z.preprocess((value) => (value === '' ? undefined : value), interveneSchema.shape.to),
  incident: z.coerce.number().int().optional(),
});

export async function interveneAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { to, ...input } = readForm(takeSchema, form);
    const named = input.kind === 'narrow' ? to : undefined;
    await intervene(actor, { ...input, ...(named === undefined ? {} : { to: named }) });
    refresh();
    return `The agent was ${STEP_DONE[input.kind]}.`;
  });
}

export async function liftAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await liftIntervention(actor, readForm(z.object({ id: z.string(), reason: z.string() }), form));
    refresh();
    return 'That step of the ladder is over.';
  });
}

export async function markAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await markRecovered(
      actor,
      readForm(z.object({ id: z.string(), requirement: z.string(), reason: z.string() }), form),
    );
    refresh();
    return 'Marked as met.';
  });
}
