import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AUTHORITY_LEVELS, type AuthorityLevel, LADDER_STEPS, type LadderStep } from '@/lib/contract/schema';
import { ladder } from '@/lib/contract/terms';
import { db } from '@/lib/db/pool';
import type { Hold } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { rankOf, type StepKind } from '@/lib/response/ladder';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import { levelNow } from './rows';

/** A step an agent stands on or stood on. Times are ISO 8601. */
export interface StepDto {
  id: string;
  kind: StepKind;
  /** The clause that asked for it; null: a person took it. */
  clause: string | null;
  by: string | null;
  reason: string;
  at: string;
  fromLevel: AuthorityLevel;
  toLevel: AuthorityLevel;
  /** What remediation needs still passes. */
  recover: boolean;
  incident: number | null;
  /** The gate that ends it; null: a person lifts it. */
  gate: string | null;
  /** When that gate passed, while requirements are still open. */
  passedAt: string | null;
  requirements: {
    id: string;
    statement: string;
    met: { by: string | null; at: string; reason: string } | null;
  }[];
  ended: { at: string; by: string | null; gate: string | null; reason: string | null } | null;
}

/** Where an agent stands on the ladder. */
export interface LadderStanding {
  agent: { name: string; displayName: string };
  /** What its contract lets it do, and how much it may do now. */
  base: AuthorityLevel;
  level: AuthorityLevel;
  held: Hold | null;
  /** Tools that still pass in recovery, where it is; of those the contract lists. */
  passes: string[];
  /** Strongest first. */
  standing: StepDto[];
  /** The last ten that ended, newest first. */
  past: StepDto[];
  /** What its contract in force asks for. */
  rules: { clause: string; rule: LadderStep }[];
  may: { intervene: Permission; lift: Permission; mark: Permission };
}

const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  base: z.enum(AUTHORITY_LEVELS),
});
const stepSchema = z.object({
  id: z.string(),
  kind: z.enum(LADDER_STEPS),
  clause: z.string().nullable(),
  by: z.string().nullable(),
  reason: z.string(),
  at: z.date(),
  fromLevel: z.enum(AUTHORITY_LEVELS),
  toLevel: z.enum(AUTHORITY_LEVELS),
  recover: z.boolean(),
  incident: z.int().nullable(),
  gate: z.string().nullable(),
  passedAt: z.date().nullable(),
  requirements: z.array(z.object({ id: z.string(), statement: z.string() })),
  endedAt: z.date().nullable(),
  ending: z.enum(['gate', 'person']).nullable(),
  endedBy: z.string().nullable(),
  endReason: z.string().nullable(),
  marks: z.array(
    z.object({ requirement: z.string(), reason: z.string(), by: z.string().nullable(), at: z.string() }),
  ),
});

/** Where an agent (by its name) stands on the ladder, how it came there and what leads back. Throws `not_found`. */
export async function getLadder(actor: Actor, input: { agent: string }): Promise<LadderStanding> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const found = await db().query(
    `SELECT id, name, display_name AS "displayName", authority_level AS base FROM agent
      WHERE workspace_id = $1 AND name = $2 AND ($3::uuid IS NULL OR id = $3)`,
    [workspaceId, input.agent, actor.kind === 'key' ? actor.agentId : null],
  );
  if (found.rows[0] === undefined)
    throw new AppError('not_found', `There is no agent "${input.agent.slice(0, 100)}" in this workspace.`);
  const agent = agentSchema.parse(found.rows[0]);
  const [steps, inForce, mayIntervene, lift, mark] = await Promise.all([
    stepsOf(agent.id),
    contractInForce(workspaceId, agent.id),
    mayAct(actor, 'ladder.intervene'),
    mayAct(actor, 'ladder.lift'),
    mayAct(actor, 'ladder.mark-recovered'),
  ]);
  const standing = steps.filter((step) => step.ended === null);
  const { level, effect } = levelNow(agent.base, standing);
  const contract = inForce?.contract ?? null;
  const compiled = inForce?.compiled ?? null;
  return {
    agent: { name: agent.name, displayName: agent.displayName },
    base: agent.base,
    level,
    held: effect.held,
    passes:
      contract === null || effect.held?.recover !== true
        ? []
        : Object.keys(contract.tools).filter((tool) => compiled?.tools.get(tool)?.remedial === true),
    standing: standing.toSorted((a, b) => rankOf(b.kind) - rankOf(a.kind) || b.at.localeCompare(a.at)),
    past: steps.filter((step) => step.ended !== null),
    rules:
      contract === null
        ? []
        : ladder(contract).map((rule) => ({ clause: `failure/ladder/${rule.id}`, rule })),
    may: { intervene: mayIntervene, lift, mark },
  };
}

/** Those that stand, and the last ten that ended. */
async function stepsOf(agentId: string): Promise<StepDto[]> {
  const { rows } = await db().query(
    `SELECT v.id, v.kind, v.clause, p.name AS by, v.reason, v.at, v.from_level AS "fromLevel", v.to_level AS "toLevel",
            v.recover, i.number AS incident, v.gate, v.passed_at AS "passedAt", v.requirements, v.ended_at AS "endedAt",
            v.ending, q.name AS "endedBy", v.end_reason AS "endReason",
            coalesce((SELECT json_agg(json_build_object('requirement', m.requirement, 'reason', m.reason, 'by', b.name,
                'at', m.at)) FROM recovery_mark m LEFT JOIN person b ON b.id = m.by_id
              WHERE m.intervention_id = v.id), '[]') AS marks
       FROM intervention v LEFT JOIN incident i ON i.id = v.incident_id LEFT JOIN person p ON p.id = v.by_id
       LEFT JOIN person q ON q.id = v.ended_by_id
      WHERE v.agent_id = $1 AND (v.ended_at IS NULL OR v.id IN (
        SELECT id FROM intervention WHERE agent_id = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 10))
      ORDER BY v.ended_at DESC, v.at DESC`,
    [agentId],
  );
  return z.array(stepSchema).parse(rows).map(toDto);
}

function toDto({
  marks,
  requirements,
  endedAt,
  ending,
  endedBy,
  endReason,
  ...step
}: z.output<typeof stepSchema>): StepDto {
  return {
    ...step,
    at: step.at.toISOString(),
    passedAt: step.passedAt?.toISOString() ?? null,
    requirements: requirements.map((one) => {
      const mark = marks.find(({ requirement }) => requirement === one.id);
      return {
        ...one,
        met:
          mark === undefined
            ? null
            : { by: mark.by, at: new Date(mark.at).toISOString(), reason: mark.reason },
      };
    }),
    ended:
      endedAt === null
        ? null
        : {
            at: endedAt.toISOString(),
            by: endedBy,
            gate: ending === 'gate' ? step.gate : null,
            reason: endReason,
          },
  };
}
