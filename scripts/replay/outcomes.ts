import { z } from 'zod';
import type { RecordedRun } from './recording';

/** A business outcome as the runtime plane takes it (`POST /v1/signals`). */
export interface OutcomeSignal {
  run: string;
  agent: string;
  family: 'outcome';
  metric: 'task-done' | 'reward';
  value: number | boolean;
  at: string;
  id: string;
}

const outcomeSchema = z.object({
  success: z.boolean().optional(),
  utility: z.boolean().optional(),
  reward: z.number().optional(),
});

/** How a recorded run ended, as its recording says: whether the task was done, and the reward where there was one. */
export function outcomesOf(
  run: RecordedRun,
  agent: string,
  conversation: string,
  endMs: number,
): OutcomeSignal[] {
  const { success, utility, reward } = outcomeSchema.safeParse(run.outcome ?? {}).data ?? {};
  const common = { run: conversation, agent, family: 'outcome' as const, at: new Date(endMs).toISOString() };
  const done = success ?? utility;
  return [
    ...(done === undefined
      ? []
      : [{ ...common, metric: 'task-done' as const, value: done, id: `${conversation}/task-done` }]),
    ...(reward === undefined
      ? []
      : [{ ...common, metric: 'reward' as const, value: reward, id: `${conversation}/reward` }]),
  ];
}
