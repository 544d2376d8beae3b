import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { remembered } from '@/lib/services/live/remembered';
import { isMadeIn, TOLERANCE_MS } from '@/lib/services/runs/run-holds';
import { SWITCH_SCOPES } from './switches-on';

/** A time in which a kill switch was on. Epoch milliseconds; `until` is Infinity while it lasts. */
interface SwitchHold {
  scope: (typeof SWITCH_SCOPES)[number];
  target: string;
  from: number;
  until: number;
}

/**
 * What was stopped by a kill switch when a recorded call was made, in words; null: nothing was. Counted as calls in a
 * pause are (lib/services/runs/run-holds.ts), so the answer is the same whenever it is asked.
 */
export async function switchHolds(
  workspaceId: string,
): Promise<
  | ((
      agent: { id: string; businessUnit: string | null },
      startMs: number,
      receivedMs: number,
    ) => string | null)
  | null
> {
  const holds = await holdsOf(workspaceId);
  if (holds.length === 0) return null;
  return (agent, startMs, receivedMs) => {
    for (const hold of holds) {
      if (!isMadeIn(hold, startMs, receivedMs)) continue;
      if (hold.scope === 'workspace') return 'the whole workspace';
      if (hold.scope === 'agent' && hold.target === agent.id) return 'this agent';
      if (hold.scope === 'business-unit' && hold.target === agent.businessUnit)
        return `business unit ${hold.target}`;
    }
    return null;
  };
}

const rowsSchema = z.array(
  z.object({
    scope: z.enum(SWITCH_SCOPES),
    target: z.string(),
    on_at: z.date(),
    off_at: z.date().nullable(),
  }),
);

/** No older than the tolerance: a call that counts began later than that after the switch. */
const holdsOf = remembered(
  'kill-switch',
  TOLERANCE_MS,
  async (workspaceId): Promise<readonly SwitchHold[]> => {
    // Shorter ones, as drills are, hold nothing against anybody: they are within the tolerance.
    const { rows } = await db().query(
      `SELECT scope, target, on_at, off_at FROM kill_switch
     WHERE workspace_id = $1 AND (off_at IS NULL OR off_at - on_at > make_interval(secs => $2))
     ORDER BY scope = 'workspace' DESC, scope = 'business-unit' DESC, on_at`,
      [workspaceId, TOLERANCE_MS / 1000],
    );
    return rowsSchema.parse(rows).map((row) => ({
      scope: row.scope,
      target: row.target,
      from: row.on_at.getTime(),
      until: row.off_at?.getTime() ?? Number.POSITIVE_INFINITY,
    }));
  },
);
