'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { createKey, newKeySchema } from '@/lib/services/keys/create-key';
import { revokeKey } from '@/lib/services/keys/revoke-key';

const formSchema = newKeySchema.extend({
  agentId: z.union([z.literal('').transform(() => null), z.uuid()]).default(null),
});

export async function create(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(formSchema, form, ['scopes']);
    const { secret } = await createKey(actor, input);
    refresh();
    return { message: input.name, reveal: secret };
  });
}

export async function revoke(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const schema = z.object({ id: z.string(), reason: z.string().trim().min(1, 'Say why.').max(2000) });
    await revokeKey(actor, readForm(schema, form));
    refresh();
    return 'Key revoked. What uses it is refused from now on.';
  });
}
