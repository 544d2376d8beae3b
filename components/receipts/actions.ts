'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { makeReceipt } from '@/lib/services/receipts/make-receipt';

export async function makeReceiptAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { made } = await makeReceipt(actor, readForm(z.object({ runId: z.string() }), form));
    refresh();
    return made ? 'The receipt is made and signed.' : 'Nothing has changed since the last receipt.';
  });
}
