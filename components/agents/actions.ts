'use server';

import { redirect } from 'next/navigation';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { proposalSchema, proposeAgent } from '@/lib/services/agents/propose-agent';

export async function propose(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name } = await proposeAgent(actor, readForm(proposalSchema, form));
    redirect(`/agents/${encodeURIComponent(name)}/lifecycle`);
  });
}
