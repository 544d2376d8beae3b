'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { createEndpoint, newEndpointSchema } from '@/lib/services/webhooks/create-endpoint';
import { disableEndpoint } from '@/lib/services/webhooks/disable-endpoint';
import { redeliver } from '@/lib/services/webhooks/redeliver';
import { sendTest } from '@/lib/services/webhooks/send-test';

const idSchema = z.object({ id: z.string() });

export async function create(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { url, secret } = await createEndpoint(actor, readForm(newEndpointSchema, form, ['events']));
    refresh();
    return { message: url, reveal: secret };
  });
}

export async function disable(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await disableEndpoint(actor, readForm(idSchema, form));
    refresh();
    return 'Endpoint disabled.';
  });
}

export async function test(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await sendTest(actor, readForm(idSchema, form));
    refresh();
    return 'Sent. How it ended shows among the deliveries.';
  });
}

export async function retry(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await redeliver(actor, readForm(idSchema, form));
    refresh();
    return 'It is tried again now.';
  });
}
