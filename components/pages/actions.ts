'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { formatDuration, formatList } from '@/lib/format';
import { escalateIncident } from '@/lib/services/pages/escalate-now';
import { reassignIncident } from '@/lib/services/pages/reassign-incident';
import { snoozeIncident } from '@/lib/services/pages/snooze-incident';
import { SNOOZE_MINUTES } from './snooze-times';

const numbered = z.object({ number: z.coerce.number().int().positive() });
const reassignForm = numbered.extend({
  personId: z.uuid('Choose a person.'),
  note: z.string().trim().max(500, 'At most 500 characters.'),
});
const snoozeForm = numbered.extend({
  minutes: z.coerce
    .number()
    .refine((minutes) => SNOOZE_MINUTES.some((each) => each.minutes === minutes), 'Choose how long.'),
});
const escalateForm = numbered.extend({ reason: z.string().trim().max(500, 'At most 500 characters.') });

export async function reassignAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(reassignForm, form);
    const name = await reassignIncident(actor, input);
    refresh();
    // In a storm that may be half a minute later, with other incidents.
    return `INC-${input.number} is with ${name}, who is being told.`;
  });
}

export async function snoozeAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { number, minutes } = readForm(snoozeForm, form);
    await snoozeIncident(actor, { number, until: new Date(Date.now() + minutes * 60_000) });
    refresh();
    return `Nobody is paged of INC-${number} for ${formatDuration(minutes * 60_000)}.`;
  });
}

export async function escalateAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(escalateForm, form);
    const names = await escalateIncident(actor, input);
    refresh();
    return names.length === 0
      ? 'Nobody could be paged.'
      : `${formatList(names)} ${names.length === 1 ? 'was' : 'were'} paged.`;
  });
}
