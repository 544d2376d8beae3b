'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import {
  createPagerDutyChannel,
  createSlackChannel,
  newPagerDutySchema,
  newSlackSchema,
} from '@/lib/services/webhooks/create-channel';
import { createEndpoint, newEndpointSchema } from '@/lib/services/webhooks/create-endpoint';
import { disableEndpoint } from '@/lib/services/webhooks/disable-endpoint';
import { discardDelivery } from '@/lib/services/webhooks/discard-delivery';
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
    return 'Channel disabled.';
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

export async function discard(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await discardDelivery(actor, readForm(idSchema, form));
    refresh();
    return 'Discarded. What was tried stays on the record.';
  });
}

export async function addSlack(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const channel = readForm(newSlackSchema, form);
    await createSlackChannel(actor, channel);
    refresh();
    return `${channel.name} is paged from now on. Send a test to see that it arrives.`;
  });
}

export async function addPagerDuty(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const service = readForm(newPagerDutySchema, form);
    await createPagerDutyChannel(actor, service);
    refresh();
    return `${service.name} is paged from now on. Send a test to see that it arrives.`;
  });
}
