'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { observedStartSchema, startFromObserved } from '@/lib/services/observed/start-from-observed';
import { copyVersion, copyVersionSchema } from '@/lib/services/templates/copy-version';
import { startFromTemplate, templateAnswersSchema } from '@/lib/services/templates/start-from-template';
import { startFromText } from '@/lib/services/templates/start-from-text';
import { draftHref } from './contract-href';

const today = () => new Date().toISOString().slice(0, 10);

export async function fromTemplate(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const draft = await startFromTemplate(actor, readForm(templateAnswersSchema, form), today());
    redirect(draftHref(draft.id));
  });
}

export async function nextVersion(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { from, version } = readForm(copyVersionSchema.pick({ from: true, version: true }), form);
    const draft = await draftFromVersion(actor, { agent: from, number: version });
    redirect(draftHref(draft.id));
  });
}

export async function anotherAgent(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const draft = await copyVersion(actor, readForm(copyVersionSchema, form), today());
    redirect(draftHref(draft.id));
  });
}

const textSchema = z.object({ source: z.string(), format: z.enum(['yaml', 'json']) });

export async function fromText(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const draft = await startFromText(actor, { ...readForm(textSchema, form), origin: 'import' });
    redirect(draftHref(draft.id));
  });
}

export async function fromObserved(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(observedStartSchema, form, ['taken']);
    const draft = await startFromObserved(actor, input, Object.fromEntries(form), today());
    redirect(draftHref(draft.id));
  });
}
