'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { rotateInstanceKey } from '@/lib/services/instance-keys/rotate-key';

export async function rotate(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const schema = z.object({
      retiring: z.string().max(64),
      reason: z.string().trim().min(1, 'Say why.').max(2000),
    });
    await rotateInstanceKey(actor, readForm(schema, form));
    refresh();
    return 'Key rotated. The new one signs from now on.';
  });
}
