'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { VERDICT_CAUSES, VERDICT_ROLES, VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import { giveVerdict } from '@/lib/services/verdicts/give-verdict';

const verdictForm = z.object({
  incident: z.coerce.number().int().positive(),
  role: z.enum(VERDICT_ROLES),
  cause: z.enum(VERDICT_CAUSES, 'Choose what was wrong.'),
  clause: z.string().trim().max(400),
  note: z.string().trim().max(2000, 'A note has at most 2,000 characters.'),
});

export async function giveVerdictAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { settled } = await giveVerdict(actor, readForm(verdictForm, form));
    refresh();
    return settled === null
      ? 'Your verdict is on the record.'
      : `Your verdict is on the record. The cause is settled: ${VERDICT_WORDS[settled].title.toLowerCase()}.`;
  });
}
