'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { cancelBacktest } from '@/lib/services/backtests/cancel-backtest';
import { startBacktest } from '@/lib/services/backtests/start-backtest';

const startSchema = z.object({
  agent: z.string(),
  version: z.coerce.number().int().optional(),
  draft: z.string().optional(),
  days: z.coerce.number({ error: 'A number of days.' }),
});

export async function start(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, version, draft, days } = readForm(startSchema, form);
    await startBacktest(actor, {
      agent,
      of: version === undefined ? { draft: draft ?? '' } : { version },
      days,
    });
    refresh();
    return 'The backtest is under way.';
  });
}

const cancelSchema = z.object({ id: z.string() });

export async function cancel(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await cancelBacktest(actor, readForm(cancelSchema, form).id);
    refresh();
    return 'The backtest is cancelled.';
  });
}
