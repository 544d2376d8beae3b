'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { contractHref } from '@/components/contracts/contract-href';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { discardDraft } from '@/lib/services/drafts/discard-draft';
import { submitDraft } from '@/lib/services/drafts/submit-draft';

const submitSchema = z.object({ id: z.string(), revision: z.coerce.number().int().positive() });

export async function submit(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { id, revision } = readForm(submitSchema, form);
    const version = await submitDraft(actor, id, { revision });
    redirect(contractHref(version.agent, { version: version.number }));
  });
}

const discardSchema = z.object({ id: z.string(), reason: z.string().trim().min(1, 'Say why.').max(2000) });

export async function discard(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { id, reason } = readForm(discardSchema, form);
    await discardDraft(actor, id, { reason });
    redirect('/contracts/drafts');
  });
}
