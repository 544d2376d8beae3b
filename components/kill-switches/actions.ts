'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { plural } from '@/lib/format';
import { turnOff } from '@/lib/services/kill-switches/turn-off';
import { turnOn, turnOnSchema } from '@/lib/services/kill-switches/turn-on';

const onSchema = turnOnSchema.extend({ stopRuns: z.literal('yes').optional() });
const offSchema = z.object({ switchId: z.string(), reason: z.string() });

export async function turnOnAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { stopRuns, ...input } = readForm(onSchema, form);
    const { name, runsAsked } = await turnOn(actor, { ...input, stopRuns: stopRuns === 'yes' });
    refresh();
    return `The kill switch is on for ${name}.${runsAsked === 0 ? '' : ` ${plural(runsAsked, 'run')} asked to stop.`}`;
  });
}

export async function turnOffAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name } = await turnOff(actor, readForm(offSchema, form));
    refresh();
    return `The kill switch for ${name} is off.`;
  });
}
