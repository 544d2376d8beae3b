'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { plural } from '@/lib/format';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { type Resolved, resolveIncident } from '@/lib/services/incidents/resolve-incident';

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
    const resolved = await resolveIncident(actor, { number, reason, resolution: 'resumed' });
    return `INC-${number} is resolved: ${counted(resolved, 'goes on', 'go on')}.${failedWords(resolved)}`;
  });
}

export async function stopAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { number, reason } = readForm(reasoned, form);
    const resolved = await resolveIncident(actor, { number, reason, resolution: 'stopped' });
    return `INC-${number} is resolved: ${counted(resolved, 'was asked to stop', 'were asked to stop')}.${failedWords(resolved)}`;
  });
}

function counted({ done }: Resolved, one: string, many: string): string {
  return done.length > 1 ? `${plural(done.length, 'run')} ${many}` : `the run ${one}`;
}

/** What could not be done, and why, run by run. */
function failedWords({ failed }: Resolved): string {
  return failed.map(({ run, why }) => ` Run ${run}: ${why}`).join('');
}
