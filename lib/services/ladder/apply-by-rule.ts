import type { Contract, LadderStep } from '@/lib/contract/schema';
import { ladder, recovery } from '@/lib/contract/terms';
import { type LadderHistory, nextStep } from '@/lib/response/ladder';
import { agentOnLadder } from './agent-on-ladder';
import type { Client } from './rows';
import { takeStep } from './take-step';

const DAY_MS = 86_400_000;

/** An agent whose contract may ask for a step. */
export interface LadderCase {
  workspaceId: string;
  agentId: string;
  /** Whose rules count. */
  contract: Contract;
  /** What the step follows from; null: none is open. */
  incidentId: string | null;
  /** For how many days its attestation has been overdue, where that is known; null: it is not. */
  attestationOverdueDays?: number | null;
  now: Date;
}

/**
 * Takes the step of the ladder that the contract's rules ask for now, if there is one, in the caller's transaction with the
 * agent locked. Answers whether one was taken.
 */
export async function applyLadder(client: Client, at: LadderCase): Promise<boolean> {
  const rules = ladder(at.contract);
  if (rules.length === 0) return false;
  const agent = await agentOnLadder(client, at.workspaceId, { id: at.agentId });
  if (agent === null) return false;
  const history: LadderHistory = {
    ...(await countedOf(client, at, rules)),
    attestationOverdueDays: at.attestationOverdueDays ?? null,
    standing: agent.steps,
    ended: await endedOf(client, at.agentId),
    level: agent.level,
  };
  const due = nextStep(rules, history, at.now.getTime());
  if (due === null) return false;
  const incident = at.incidentId === null ? null : await incidentOf(client, at.incidentId);
  await takeStep(
    client,
    { kind: 'system', workspaceId: at.workspaceId },
    {
      agent,
      kind: due.kind,
      clause: due.clause,
      reason: due.reason,
      fromLevel: agent.level,
      toLevel: due.level,
      gate: due.gate,
      incident,
      requirements: recovery(at.contract),
      at: at.now,
    },
  );
  return true;
}

/**
 * What the rules count, as far back as the one that looks back longest: of each severity no more breaches than the rule that asks
 * for most of them needs.
 */
async function countedOf(
  client: Client,
  { agentId, now }: LadderCase,
  rules: readonly LadderStep[],
): Promise<Pick<LadderHistory, 'breaches' | 'unknownTools'>> {
  const days = (key: 'breaches' | 'unknownTools') =>
    Math.max(0, ...rules.map(({ when }) => (key in when && 'withinDays' in when ? when.withinDays : 0)));
  const most = Math.max(0, ...rules.map(({ when }) => ('breaches' in when ? when.breaches : 0)));
  const breaches =
    most === 0
      ? []
      : (
          await client.query<LadderHistory['breaches'][number]>(
            `SELECT severity, (extract(epoch FROM happened_at) * 1000)::float8 AS at FROM (
               SELECT severity, happened_at, row_number() OVER (PARTITION BY severity ORDER BY happened_at DESC) AS place
                 FROM breach WHERE agent_id = $1 AND happened_at > $2) b
              WHERE place <= $3`,
            [agentId, new Date(now.getTime() - days('breaches') * DAY_MS), most],
          )
        ).rows;
  const unknownTools =
    days('unknownTools') === 0
      ? []
      : (
          await client.query<LadderHistory['unknownTools'][number]>(
            `SELECT tool, max(extract(epoch FROM started_at) * 1000)::float8 AS at
               FROM run, unnest(unknown_tools) AS tool
              WHERE agent_id = $1 AND unknown_tools <> '{}' AND started_at > $2
                AND workspace_id = (SELECT workspace_id FROM agent WHERE id = $1)
              GROUP BY tool`,
            [agentId, new Date(now.getTime() - days('unknownTools') * DAY_MS)],
          )
        ).rows;
  return { breaches, unknownTools };
}

/** Of each kind and way the last. */
async function endedOf(client: Client, agentId: string): Promise<LadderHistory['ended']> {
  const { rows } = await client.query<LadderHistory['ended'][number]>(
    `SELECT kind, ending, (extract(epoch FROM max(ended_at)) * 1000)::float8 AS at FROM intervention
      WHERE agent_id = $1 AND ended_at IS NOT NULL GROUP BY kind, ending`,
    [agentId],
  );
  return rows;
}

async function incidentOf(client: Client, id: string): Promise<{ id: string; number: number } | null> {
  const { rows } = await client.query<{ id: string; number: number }>(
    'SELECT id, number FROM incident WHERE id = $1',
    [id],
  );
  return rows[0] ?? null;
}
