'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import type { Actor } from '@/lib/auth/actor';
import { answer, readForm } from '@/lib/auth/answer';
import { DRILL_KINDS, DRILL_TITLES } from '@/lib/services/drills/drill-row';
import { drillFailurePaths } from '@/lib/services/drills/failure-paths-drill';
import { drillKillSwitch } from '@/lib/services/drills/kill-switch-drill';
import { acknowledgePage, drillPaging } from '@/lib/services/drills/paging-drill';
import { drillRollback } from '@/lib/services/drills/rollback-drill';

const startSchema = z.object({
  kind: z.enum(DRILL_KINDS),
  agent: z.string(),
  live: z.literal('yes').optional(),
  number: z.coerce.number().int().positive().optional(),
  minutes: z.coerce.number().positive('At least one minute.').max(1440, 'At most a day.').optional(),
});
type Start = z.output<typeof startSchema>;

/** Runs a drill to its end, or pages somebody; what came of it stands on the page. */
export async function startDrillAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(startSchema, form);
    if (input.kind === 'paging') {
      const { person } = await drillPaging(actor, { agent: input.agent, minutes: input.minutes });
      refresh();
      return `${person} was paged.`;
    }
    const { end } = await run(actor, input.kind, input);
    refresh();
    return `${DRILL_TITLES[input.kind]} ${end.state}.`;
  });
}

function run(actor: Actor, kind: Exclude<Start['kind'], 'paging'>, { agent, live, number }: Start) {
  switch (kind) {
    case 'kill-switch':
      return drillKillSwitch(actor, { agent, live: live === 'yes' });
    case 'rollback':
      return drillRollback(actor, { agent, live: live === 'yes', number });
    case 'failure-paths':
      return drillFailurePaths(actor, { agent, number });
  }
}

export async function acknowledgePageAction(_before: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { summary } = await acknowledgePage(actor, readForm(z.object({ drillId: z.string() }), form));
    refresh();
    return summary;
  });
}
