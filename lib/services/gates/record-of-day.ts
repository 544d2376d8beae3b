import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { statementSchema } from '@/lib/evidence/statement';
import { dayIn } from '@/lib/lifecycle/attestation';
import { GATE_IDS, GATES, type GateId } from '@/lib/lifecycle/gates';
import { isAdopted, supersededAt } from '@/lib/lifecycle/passages';
import { compareStages, type Stage } from '@/lib/lifecycle/stages';
import type { AmendmentFact } from './amendment-facts';
import type { RecordOfDay } from './dto';
import { versionById } from './dtos';
import { type AgentFacts, gateFacts } from './facts';
import type { ReviewFact } from './review-facts';

/**
 * Who had agreed to what by the end of a day (YYYY-MM-DD, in the workspace's time zone; of today: by now): for each agent
 * of that day the version that decided and the signatures that held, with what they mean and the evidence they bind. Throws
 * `invalid` for a day that is none or has not come.
 */
export async function recordOfDay(actor: Actor, day: string): Promise<RecordOfDay> {
  const { workspaceId } = actor;
  authorize(actor, 'record.read', { workspaceId });
  const facts = await gateFacts(db(), workspaceId);
  const at = await endOf(day, facts.zone);
  const [born, force, evidence] = await Promise.all([
    bornBy(workspaceId, at),
    inForceAt(workspaceId, at),
    boundEvidence(workspaceId, at),
  ]);
  return {
    day,
    zone: facts.zone,
    at: at.toISOString(),
    agents: facts.agents
      .filter((agent) => born.has(agent.id))
      .map((agent) => agentOfDay(agent, at.getTime(), force.get(agent.id) ?? null, evidence)),
  };
}

async function endOf(day: string, zone: string): Promise<Date> {
  const real = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`));
  const now = Date.now();
  if (!real || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day)
    throw new AppError('invalid', 'That is no day.', {
      issues: [{ path: 'day', message: 'Give a day as YYYY-MM-DD.' }],
    });
  if (day > dayIn(now, zone))
    throw new AppError('invalid', 'That day has not come yet.', {
      issues: [{ path: 'day', message: 'Choose today or a day before.' }],
    });
  const { rows } = await db().query<{ end: Date }>(
    `SELECT (($1::date + 1)::timestamp AT TIME ZONE $2) - interval '1 millisecond' AS end`,
    [day, zone],
  );
  return new Date(Math.min(now, rows[0]?.end.getTime() ?? now));
}

function agentOfDay(
  agent: AgentFacts,
  at: number,
  inForce: number | null,
  evidence: ReadonlyMap<string, { kind: string; digest: string }[]>,
): RecordOfDay['agents'][number] {
  const moves = agent.moves.filter((move) => move.at <= at);
  const later = agent.moves.find((move) => move.at > at);
  const stage: Stage = moves.at(-1)?.to ?? later?.from ?? agent.stage;
  const passages = agent.past.passages.filter((passage) => passage.at <= at);
  const held = GATE_IDS.flatMap((gate) => heldAt(agent, gate, at) ?? []);
  const version = agent.versions.find((each) => each.number === inForce);
  return {
    agent: { id: agent.id, name: agent.name, displayName: agent.displayName },
    stage,
    version: versionById(agent, version?.id ?? null),
    adopted: isAdopted({ stage, passages, moves }),
    signatures: [...held, ...openAt(agent, at)].flatMap((review) =>
      review.signatures
        .filter((signature) => Date.parse(signature.signedAt) <= at)
        .map((signature) => ({
          ...signature,
          gate: review.gate,
          version: versionById(agent, review.versionId),
          evidence: evidence.get(signature.id) ?? [],
          awaited: !held.includes(review),
        })),
    ),
    unsigned: GATE_IDS.filter(
      (gate) =>
        gate !== 'G6' &&
        compareStages(GATES[gate].to, stage) <= 0 &&
        !held.some((review) => review.gate === gate),
    ),
  };
}

/** Passages that were under way at a moment: what was signed there had been agreed to, though others were still asked. */
function openAt(agent: AgentFacts, at: number): ReviewFact[] {
  return agent.reviews
    .filter((review) => review.openedAt <= at && (review.closedAt === null || review.closedAt > at))
    .toSorted((a, b) => GATE_IDS.indexOf(a.gate) - GATE_IDS.indexOf(b.gate));
}

/** The passage of a gate that held at a moment: passed by then, the latest, and not yet taken away by a fallback. */
function heldAt(agent: AgentFacts, gate: GateId, at: number): ReviewFact | undefined {
  const moves = agent.moves.filter((move) => move.at <= at);
  return (
    agent.reviews
      .filter((review) => review.gate === gate && review.state === 'passed')
      .filter((review) => review.closedAt !== null && review.closedAt <= at)
      .filter((review) => supersededAt({ gate, at: review.closedAt ?? 0 }, moves) === null)
      // What was agreed for a version that did not decide by then says nothing of the one that did.
      .filter((review) => !agent.amendments.some((each) => isOfLater(each, review.versionId, at)))
      .toSorted((a, b) => (b.closedAt ?? 0) - (a.closedAt ?? 0))[0]
  );
}

/** Whether a version is that of an amendment which had not come into force by a moment. */
function isOfLater(amendment: AmendmentFact, versionId: string | null, at: number): boolean {
  if (versionId === null) return false;
  if (amendment.replacedIds.includes(versionId)) return true;
  return amendment.versionId === versionId && (amendment.inForceAt === null || amendment.inForceAt > at);
}

async function bornBy(workspaceId: string, at: Date): Promise<Set<string>> {
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM agent WHERE workspace_id = $1 AND created_at <= $2',
    [workspaceId, at],
  );
  return new Set(rows.map((row) => row.id));
}

/** By agent, the number of the version that decided at a moment. */
async function inForceAt(workspaceId: string, at: Date): Promise<Map<string, number>> {
  const { rows } = await db().query<{ agentId: string; number: string }>(
    `SELECT DISTINCT ON (subject) substring(subject FROM 7) AS "agentId", detail ->> 'number' AS number
       FROM audit_entry WHERE workspace_id = $1 AND action = 'contract.put-in-force' AND at <= $2
      ORDER BY subject, id DESC`,
    [workspaceId, at],
  );
  return new Map(rows.map((row) => [row.agentId, Number(row.number)]));
}

async function boundEvidence(
  workspaceId: string,
  at: Date,
): Promise<Map<string, { kind: string; digest: string }[]>> {
  const { rows } = await db().query<{ id: string; evidence: unknown }>(
    `SELECT id, statement -> 'evidence' AS evidence FROM signature WHERE workspace_id = $1 AND signed_at <= $2`,
    [workspaceId, at],
  );
  const { evidence: schema } = statementSchema.shape;
  return new Map(
    rows.map((row) => {
      const parsed = schema.safeParse(row.evidence);
      return [row.id, parsed.success ? parsed.data : []];
    }),
  );
}
