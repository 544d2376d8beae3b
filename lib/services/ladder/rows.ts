import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AUTHORITY_LEVELS, type AuthorityLevel, LADDER_STEPS } from '@/lib/contract/schema';
import { effectOf, type LadderEffect, lower } from '@/lib/response/ladder';

export type Client = Pick<PoolClient, 'query'>;

const requirementSchema = z.object({ id: z.string(), statement: z.string() });

/** What an agent stands on; `intervention` as it is stored. */
const rowSchema = z.object({
  id: z.string(),
  agentId: z.string(),
  /** The number of the incident it follows from. */
  incident: z.int().nullable(),
  kind: z.enum(LADDER_STEPS),
  origin: z.enum(['rule', 'person']),
  clause: z.string().nullable(),
  reason: z.string(),
  fromLevel: z.enum(AUTHORITY_LEVELS),
  toLevel: z.enum(AUTHORITY_LEVELS),
  recover: z.boolean(),
  requirements: z.array(requirementSchema),
  gate: z.string().nullable(),
  at: z.date(),
  /** The gate has been passed; requirements may still be open. */
  passed: z.object({ reviewId: z.string() }).nullable(),
  endedAt: z.date().nullable(),
  ending: z.enum(['gate', 'person']).nullable(),
});
export type InterventionRow = z.output<typeof rowSchema>;

const COLUMNS = `id, agent_id AS "agentId", kind,
  (SELECT number FROM incident WHERE incident.id = intervention.incident_id) AS incident, origin, clause, reason,
  from_level AS "fromLevel", to_level AS "toLevel", recover, requirements, gate, at, 
  CASE WHEN passed_review_id IS NOT NULL THEN json_build_object('reviewId', passed_review_id) END AS passed,
  ended_at AS "endedAt", ending`;

/** The steps an agent stands on, oldest first. With its row locked, nobody changes them meanwhile. */
export async function standingSteps(client: Client, agentId: string): Promise<InterventionRow[]> {
  const { rows } = await client.query(
    `SELECT ${COLUMNS} FROM intervention WHERE agent_id = $1 AND ended_at IS NULL ORDER BY at, id`,
    [agentId],
  );
  return z.array(rowSchema).parse(rows);
}

/** One step by its id, of the workspace; null when there is none. */
export async function findStep(
  client: Client,
  workspaceId: string,
  id: string,
): Promise<InterventionRow | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { rows } = await client.query(
    `SELECT ${COLUMNS} FROM intervention WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id],
  );
  return rows[0] === undefined ? null : rowSchema.parse(rows[0]);
}

/** Those of its requirements that nobody has said are met. */
export async function openRequirements(
  client: Client,
  step: Pick<InterventionRow, 'id' | 'requirements'>,
): Promise<InterventionRow['requirements']> {
  if (step.requirements.length === 0) return [];
  const { rows } = await client.query<{ requirement: string }>(
    'SELECT requirement FROM recovery_mark WHERE intervention_id = $1',
    [step.id],
  );
  const met = new Set(rows.map((row) => row.requirement));
  return step.requirements.filter(({ id }) => !met.has(id));
}

/** An agent's authority level with what the steps it stands on take from it. */
export function levelNow(
  base: AuthorityLevel,
  steps: readonly Parameters<typeof effectOf>[0][number][],
): { level: AuthorityLevel; effect: LadderEffect } {
  const effect = effectOf(steps);
  return { level: effect.level === null ? base : lower(base, effect.level), effect };
}
