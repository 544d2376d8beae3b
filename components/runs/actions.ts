'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { pauseRun } from '@/lib/services/runs/pause-run';
import { resumeRun } from '@/lib/services/runs/resume-run';
import { stopRun } from '@/lib/services/runs/stop-run';

const formSchema = z.object({ runId: z.uuid(), reason: z.string() });

export async function stopRunAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await stopRun(actor, readForm(formSchema, form));
    return 'The run was asked to stop.';
  });
}

export async function pauseRunAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await pauseRun(actor, readForm(formSchema, form));
    return 'The run is paused.';
  });
}

export async function resumeRunAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await resumeRun(actor, readForm(formSchema, form));
    return 'The run goes on.';
  });
}
