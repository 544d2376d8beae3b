import { z } from 'zod';
import { AUTHORITY_LEVELS, LADDER_STEPS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { effectOf, type LadderEffect } from '@/lib/response/ladder';
import { remembered } from '@/lib/services/live/remembered';
import { isMadeIn, TOLERANCE_MS } from '@/lib/services/runs/run-holds';

const rowsSchema = z.array(
  z.object({
    agentId: z.string(),
    kind: z.enum(LADDER_STEPS),
    fromLevel: z.enum(AUTHORITY_LEVELS),
    toLevel: z.enum(AUTHORITY_LEVELS),
    recover: z.boolean(),
    from: z.number(),
    until: z.number().nullable(),
  }),
);
type Held = z.output<typeof rowsSchema>[number];

/** No older than the tolerance: a call that counts began later than that after the step. */
const stepsOf = remembered('intervention', TOLERANCE_MS, async (workspaceId) => {
  const { rows } = await db().query(
    `SELECT agent_id AS "agentId", kind, from_level AS "fromLevel", to_level AS "toLevel", recover,
            (extract(epoch FROM at) * 1000)::float8 AS from, (extract(epoch FROM ended_at) * 1000)::float8 AS until
       FROM intervention WHERE workspace_id = $1 AND kind <> 'warn' ORDER BY at`,
    [workspaceId],
  );
  const byAgent = new Map<string, Held[]>();
  for (const row of rowsSchema.parse(rows))
    byAgent.set(row.agentId, [...(byAgent.get(row.agentId) ?? []), row]);
  return byAgent;
});

/**
 * What the ladder had taken from an agent when a recorded call was made; null: no agent of the workspace ever stood on it.
 * Counted as calls in a pause are (lib/services/runs/run-holds.ts), so the answer is the same whenever it is asked.
 */
export async function ladderHolds(
  workspaceId: string,
): Promise<((agentId: string, startMs: number, receivedMs: number) => LadderEffect | null) | null> {
  const steps = await stepsOf(workspaceId);
  if (steps.size === 0) return null;
  return (agentId, startMs, receivedMs) => {
    const own = steps.get(agentId);
    if (own === undefined) return null;
    return effectOf(
      own.filter(({ from, until }) =>
        isMadeIn({ from, until: until ?? Number.POSITIVE_INFINITY }, startMs, receivedMs),
      ),
    );
  };
}
