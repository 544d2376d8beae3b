'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { enterPrice, newPriceSchema, removePrice } from '@/lib/services/prices/enter-price';

export async function enter(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(newPriceSchema, form);
    await enterPrice(actor, input);
    refresh();
    return `${input.model} has its price.`;
  });
}

export async function remove(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const schema = z.object({ id: z.string(), reason: z.string().trim().min(1, 'Say why.').max(2000) });
    await removePrice(actor, readForm(schema, form));
    refresh();
    return 'Price removed.';
  });
}
