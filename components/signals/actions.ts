'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { createSource, newSourceSchema, revokeSource } from '@/lib/services/signals/sources';

export async function connectSource(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { key, secret } = await createSource(
      actor,
      readForm(newSourceSchema.omit({ mapping: true }), form),
    );
    refresh();
    return { message: key, reveal: secret };
  });
}

export async function removeSource(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await revokeSource(actor, readForm(z.object({ id: z.uuid() }), form));
    refresh();
    return 'Removed. What it has sent stays.';
  });
}
