import { z } from 'zod';
import { AUTHORITY_LEVELS, LADDER_STEPS } from '@/lib/contract/schema';
import { type CompiledPolicy, toolOf } from '@/lib/decision/compile';
import type { AuthorityLevel, Hold } from '@/lib/decision/types';
import { type EffectiveStep, effectOf, type LadderEffect, lower } from '@/lib/response/ladder';

/** What is read of the steps that agents stand on, of all workspaces; warnings take nothing. */
export const STANDING_STEPS = {
  name: 'ladder-standing',
  text: `SELECT agent_id AS "agentId", kind, from_level AS "fromLevel", to_level AS "toLevel", recover
           FROM intervention WHERE ended_at IS NULL AND kind <> 'warn'`,
};

const rowsSchema = z.array(
  z.object({
    agentId: z.string(),
    kind: z.enum(LADDER_STEPS),
    fromLevel: z.enum(AUTHORITY_LEVELS),
    toLevel: z.enum(AUTHORITY_LEVELS),
    recover: z.boolean(),
  }),
);

const NOTHING: LadderEffect = Object.freeze({ level: null, held: null });
let effects: ReadonlyMap<string, LadderEffect> = new Map();

/**
 * What the ladder takes from an agent now. A look-up in memory, as young as what this process knows of kill switches, with which
 * it is read (lib/services/kill-switches/switches-on.ts): within a second of the step, notified or not.
 */
export function ladderOf(agentId: string): LadderEffect {
  return effects.size === 0 ? NOTHING : (effects.get(agentId) ?? NOTHING);
}

/** Takes over what `STANDING_STEPS` read. */
export function installStanding(rows: unknown): void {
  const steps = new Map<string, EffectiveStep[]>();
  for (const { agentId, ...step } of rowsSchema.parse(rows)) {
    const others = steps.get(agentId);
    if (others === undefined) steps.set(agentId, [step]);
    else others.push(step);
  }
  effects = new Map([...steps].map(([agentId, of]) => [agentId, effectOf(of)]));
}

/** An agent's authority level with what the ladder takes from it. */
export function lowered(base: AuthorityLevel, { level }: LadderEffect): AuthorityLevel {
  return level === null ? base : lower(base, level);
}

/** Whether a call of the tool passes the step that holds the agent; other clauses may still object. */
export function passesHeld(held: Hold, policy: CompiledPolicy, tool: string): boolean {
  return held.recover && toolOf(policy, tool).remedial;
}
