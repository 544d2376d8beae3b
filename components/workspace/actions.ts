'use server';

import { refresh } from 'next/cache';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { changeWorkspace, workspaceSchema } from '@/lib/services/workspaces/change-workspace';
import {
  anotherWorkspaceSchema,
  createAnotherWorkspace,
} from '@/lib/services/workspaces/create-another-workspace';

export async function save(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await changeWorkspace(actor, readForm(workspaceSchema, form));
    refresh();
    return 'Workspace saved.';
  });
}

export async function createAnother(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { workspaceId } = await createAnotherWorkspace(actor, readForm(anotherWorkspaceSchema, form));
    return { message: 'Workspace created.', reveal: workspaceId };
  });
}
