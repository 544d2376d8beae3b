'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answerAnyone, readForm } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { createDemoWorkspace } from '@/lib/services/workspaces/create-demo-workspace';
import { createWorkspace } from '@/lib/services/workspaces/create-workspace';

/** The demo's operator, to enter it as; or why there is no demo here. */
export async function openDemo(): Promise<{ ok: true; personId: string } | { ok: false; message: string }> {
  try {
    const { people } = await createDemoWorkspace();
    const operator = people.find((person) => person.roles.includes('operator')) ?? people[0];
    if (operator === undefined) throw new AppError('conflict', 'The demo workspace has nobody in it.');
    return { ok: true, personId: operator.personId };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, message: error.message };
    throw error;
  }
}

const workspaceSchema = z.object({
  workspace: z.string(),
  name: z.string(),
  email: z.string(),
  password: z.string(),
  timeZone: z.string(),
});

/** First visit: the company's workspace and its first administrator. */
export async function createOwnWorkspace(_: ActionState, form: FormData): Promise<ActionState> {
  return answerAnyone(async () => {
    await createWorkspace(readForm(workspaceSchema, form));
    return '';
  });
}
