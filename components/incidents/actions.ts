'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { resolveIncident } from '@/lib/services/incidents/resolve-incident';

const numbered = z.object({ number: z.coerce.number().int().positive() });
const reasoned = numbered.extend({ reason: z.string() });

export async function acknowledgeAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { number } = readForm(numbered, form);
    await acknowledgeIncident(actor, { number });
    return `INC-${number} is yours.`;
  });
}

export async function resumeAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { number, reason } = readForm(reasoned, form);
    await resolveIncident(actor, { number, reason, resolution: 'resumed' });
    return `INC-${number} is resolved: the run goes on.`;
  });
}

export async function stopAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { number, reason } = readForm(reasoned, form);
    await resolveIncident(actor, { number, reason, resolution: 'stopped' });
    return `INC-${number} is resolved: the run was asked to stop.`;
  });
}
