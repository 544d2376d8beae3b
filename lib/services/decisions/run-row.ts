import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AUTHORITY_LEVELS } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { CHANNEL, type Change } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import type { AuthorityLevel, Lane, RunState } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { agentById, resolveAgent } from '@/lib/services/agents/resolve-agent';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';

type KeyActor = Extract<Actor, { kind: 'key' }>;

/** What a decision needs of a run's row. */
export interface RunRow {
  id: string;
  key: string;
  status: RunState['status'];
  lane: Lane;
  revision: number;
  facts: unknown;
  contractVersionId: string | null;
  agent: { id: string; name: string; aliases: readonly string[]; businessUnit: string | null };
  authorityLevel: AuthorityLevel;
  /** It was created just now, so nothing was decided in it. */
  created: boolean;
}

const rowSchema = z.object({
  id: z.string(),
  key: z.string(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  revision: z.int(),
  facts: z.unknown(),
  contract_version_id: z.string().nullable(),
  agent_id: z.string(),
  agent_name: z.string(),
  aliases: z.array(z.string()),
  business_unit: z.string().nullable(),
  authority_level: z.enum(AUTHORITY_LEVELS),
});
const TRACE_ID = /^[0-9a-f]{32}$/;

/** The run under a key; a trace id finds the run its trace has been joined to. Null when there is none. */
export async function findRun(workspaceId: string, key: string): Promise<RunRow | null> {
  const select = `SELECT r.id, r.key, r.status, r.lane, r.revision, r.facts, r.contract_version_id, r.agent_id,
      a.name AS agent_name, a.aliases, a.business_unit, a.authority_level
    FROM run r JOIN agent a ON a.id = r.agent_id`;
  let result = await db().query({
    name: 'run-by-key',
    text: `${select} WHERE r.workspace_id = $1 AND r.key = $2`,
    values: [workspaceId, key],
  });
  if (result.rows.length === 0 && TRACE_ID.test(key))
    result = await db().query(
      `${select} JOIN run_trace t ON t.run_id = r.id WHERE t.workspace_id = $1 AND t.trace_id = decode($2, 'hex')`,
      [workspaceId, key],
    );
  if (result.rows[0] === undefined) return null;
  const row = rowSchema.parse(result.rows[0]);
  return {
    id: row.id,
    key: row.key,
    status: row.status,
    lane: row.lane,
    revision: row.revision,
    facts: row.facts,
    contractVersionId: row.contract_version_id,
    agent: {
      id: row.agent_id,
      name: row.agent_name,
      aliases: row.aliases,
      businessUnit: row.business_unit,
    },
    authorityLevel: row.authority_level,
    created: false,
  };
}

/**
 * Begins a run under a key nobody used, for the agent the API key belongs to or the one that was named (discovered when
 * nobody registered it), under the contract in force now. Whoever comes second gets the first one's run.
 */
export async function createRun(
  actor: KeyActor,
  key: string,
  agentName: string | undefined,
): Promise<RunRow> {
  const agent = await agentOf(actor, agentName);
  authorize(actor, 'run.decide', { workspaceId: actor.workspaceId, agentId: agent.id });
  const contract = await contractInForce(actor.workspaceId, agent.id);
  const id = newId();
  const change: Change = { workspaceId: actor.workspaceId, topic: 'run', id };
  const created = await db().query(
    `WITH created AS (
       INSERT INTO run (id, workspace_id, agent_id, key, started_at, ended_at, contract_version_id, contract_digest)
       VALUES ($1, $2, $3, $4, now(), now(), $5, $6) ON CONFLICT (workspace_id, key) DO NOTHING RETURNING id
     ), touched AS (
       UPDATE agent SET last_run_at = now() WHERE id = $3 AND EXISTS (SELECT 1 FROM created)
         AND (last_run_at IS NULL OR last_run_at < now() - interval '1 second')
     )
     SELECT pg_notify($7, $8) FROM created`,
    [
      id,
      actor.workspaceId,
      agent.id,
      key,
      contract?.versionId ?? null,
      contract?.digest ?? null,
      CHANNEL,
      JSON.stringify(change),
    ],
  );
  const row = await findRun(actor.workspaceId, key);
  if (row === null) throw new AppError('conflict', 'This run was removed while it was created. Ask again.');
  return { ...row, created: created.rows.length === 1 };
}

async function agentOf(actor: KeyActor, name: string | undefined): Promise<{ id: string }> {
  if (actor.agentId === null) {
    if (name === undefined)
      throw new AppError('invalid', 'Say which agent asks: this is the first decision of the run.', {
        issues: [
          { path: 'agent', message: 'missing', expected: 'the name the agent goes by in its telemetry' },
        ],
      });
    return transact((client) => resolveAgent(client, actor.workspaceId, name));
  }
  const agent = await agentById(db(), actor.workspaceId, actor.agentId);
  if (agent === null) throw new AppError('forbidden', 'The agent this key belongs to is not there any more.');
  return agent;
}
