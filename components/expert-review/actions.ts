'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { rateRun } from '@/lib/services/expert-reviews/rate-run';
import { skipRun } from '@/lib/services/expert-reviews/skip-run';
import { CRITERION } from './field-names';

const rateSchema = z.object({
  reviewId: z.string(),
  note: z.string().optional(),
  seconds: z.coerce.number().catch(0),
});

export async function rateAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { reviewId, note, seconds } = readForm(rateSchema, form);
    const outcome = form.get('correct');
    if (outcome !== 'yes' && outcome !== 'no')
      throw new AppError('invalid', 'Say whether the outcome was right.');
    const ratings = [...form.entries()].flatMap(([name, value]) =>
      name.startsWith(CRITERION) && typeof value === 'string' && value.trim() !== ''
        ? [{ criterion: name.slice(CRITERION.length), value: Number(value) }]
        : [],
    );
    await rateRun(actor, { reviewId, ratings, correct: outcome === 'yes', note: note ?? '', seconds });
    refresh();
    return 'Your rating is on the record.';
  });
}

export async function skipAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await skipRun(actor, readForm(z.object({ reviewId: z.string(), reason: z.string() }), form));
    refresh();
    return 'Passed on. Others still have it in their queue.';
  });
}
