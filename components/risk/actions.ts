'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { draftHref } from '@/components/contracts/contract-href';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { draftProfile, triedProfileSchema } from '@/lib/services/risk/draft-profile';

const formSchema = z.object({
  agent: z.string(),
  profile: z
    .string()
    .max(100_000)
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'The profile could not be read.' });
        return z.NEVER;
      }
    })
    .pipe(triedProfileSchema),
  draft: z
    .string()
    .optional()
    .transform((id) => (id === '' ? undefined : id)),
});

/** Puts the tried profile into a draft; opens it. */
export async function putIntoDraft(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { draftId } = await draftProfile(actor, readForm(formSchema, form));
    redirect(`${draftHref(draftId)}?section=risk`);
  });
}
