import { z } from 'zod';
import { AUTHORITY_LEVELS, LADDER_STEPS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { effectOf, type LadderEffect, rankOf, type StepKind } from '@/lib/response/ladder';

/** Where an agent stands, for a list: the strongest step, since when, and what all of them take. */
export interface LadderMark {
  step: StepKind;
  /** ISO 8601. */
  since: string;
  effect: LadderEffect;
}

const rowsSchema = z.array(
  z.object({
    agentId: z.string(),
    kind: z.enum(LADDER_STEPS),
    fromLevel: z.enum(AUTHORITY_LEVELS),
    toLevel: z.enum(AUTHORITY_LEVELS),
    recover: z.boolean(),
    at: z.date(),
  }),
);

/** Agents of a workspace that stand on the ladder; with `agentId` that one alone. The caller has authorized its reader. */
export async function ladderMarks(workspaceId: string, agentId?: string): Promise<Map<string, LadderMark>> {
  const { rows } = await db().query(
    `SELECT agent_id AS "agentId", kind, from_level AS "fromLevel", to_level AS "toLevel", recover, at
       FROM intervention WHERE workspace_id = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR agent_id = $2) ORDER BY at`,
    [workspaceId, agentId ?? null],
  );
  const byAgent = new Map<string, z.output<typeof rowsSchema>>();
  for (const row of rowsSchema.parse(rows))
    byAgent.set(row.agentId, [...(byAgent.get(row.agentId) ?? []), row]);
  const marks = new Map<string, LadderMark>();
  for (const [id, steps] of byAgent) {
    const strongest = steps.reduce((a, b) => (rankOf(b.kind) > rankOf(a.kind) ? b : a));
    marks.set(id, {
      step: strongest.kind,
      since: strongest.at.toISOString(),
      effect: effectOf(steps),
    });
  }
  return marks;
}
