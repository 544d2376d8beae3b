'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { type Answered, answer, answerValue, readForm } from '@/lib/auth/answer';
import { changeSuite } from '@/lib/services/scenarios/change-suite';
import { computeScenarios } from '@/lib/services/scenarios/compute-scenarios';
import { createSuite } from '@/lib/services/scenarios/create-suite';
import { deleteSuite } from '@/lib/services/scenarios/delete-suite';

const saveSchema = z.object({
  agent: z.string(),
  /** Null: a new one. */
  id: z.string().nullable(),
  revision: z.int().min(1),
  name: z.string(),
  source: z.string(),
});
export type SuiteToSave = z.output<typeof saveSchema>;

export async function saveSuite(input: SuiteToSave): Promise<Answered<{ revision: number }>> {
  return answerValue(async (actor) => {
    const { agent, id, revision, name, source } = saveSchema.parse(input);
    return id === null
      ? createSuite(actor, { agent, name, source })
      : changeSuite(actor, { id, revision, name, source });
  });
}

const idSchema = z.object({ id: z.string() });

export async function removeSuite(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await deleteSuite(actor, readForm(idSchema, form).id);
    refresh();
    return 'The suite is deleted.';
  });
}

const recordSchema = z.object({ agent: z.string(), version: z.coerce.number().int() });

export async function record(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { outcome, summary } = await computeScenarios(actor, readForm(recordSchema, form));
    refresh();
    return `${outcome === 'passed' ? 'Passed' : 'Failed'}: ${summary}`;
  });
}
