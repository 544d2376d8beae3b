import type { PoolClient } from 'pg';
import { z } from 'zod';
import { byteaArray } from '@/lib/services/runs/load-runs';
import { TRACE_ID } from './signal-input';

type Client = Pick<PoolClient, 'query'>;

export interface FoundRun {
  id: string;
  agentId: string;
  agentName: string;
}

export interface Subjects {
  /** By the key or trace id they were named by, and by their own ids. */
  runs: ReadonlyMap<string, FoundRun>;
  /** Ids of agents, by each name they go by. */
  agents: ReadonlyMap<string, string>;
  /** Ids of agents of this workspace among those that were asked for. */
  agentIds: ReadonlySet<string>;
}

const runRows = z.array(
  z.object({ called: z.string(), id: z.string(), agent_id: z.string(), agent_name: z.string() }),
);
const agentRows = z.array(z.object({ id: z.string(), name: z.string(), aliases: z.array(z.string()) }));

/** The runs and agents of a workspace that go by these names, as this transaction sees them. Nothing is made. */
export async function findSubjects(
  client: Client,
  workspaceId: string,
  wanted: {
    runKeys: readonly string[];
    runIds: readonly string[];
    agents: readonly string[];
    agentIds: readonly string[];
  },
): Promise<Subjects> {
  const runs = new Map<string, FoundRun>();
  const { runKeys, runIds } = wanted;
  if (runKeys.length + runIds.length > 0) {
    const traces = runKeys.filter((key) => TRACE_ID.test(key));
    const { rows } = await client.query(
      `SELECT w.called, r.id, r.agent_id, a.name AS agent_name
         FROM (SELECT k AS called, (SELECT id FROM run WHERE workspace_id = $1 AND key = k LIMIT 1) AS run_id
                 FROM unnest($2::text[]) AS k
               UNION ALL SELECT encode(t, 'hex'), (SELECT run_id FROM run_trace WHERE workspace_id = $1 AND trace_id = t LIMIT 1)
                 FROM unnest($3::bytea[]) AS t
               UNION ALL SELECT i::text, (SELECT id FROM run WHERE workspace_id = $1 AND id = i LIMIT 1) FROM unnest($4::uuid[]) AS i) w
         JOIN run r ON r.id = w.run_id JOIN agent a ON a.id = r.agent_id`,
      [workspaceId, runKeys, byteaArray(traces), runIds],
    );
    for (const row of runRows.parse(rows)) {
      const found = { id: row.id, agentId: row.agent_id, agentName: row.agent_name };
      if (!runs.has(row.called)) runs.set(row.called, found);
    }
  }
  const agents = new Map<string, string>();
  const agentIds = new Set<string>();
  if (wanted.agents.length + wanted.agentIds.length > 0) {
    const { rows } = await client.query(
      `SELECT id, name, aliases FROM agent WHERE workspace_id = $1
        AND (name = ANY($2::text[]) OR aliases && $2::text[] OR id = ANY($3::uuid[])) ORDER BY discovered, created_at, id`,
      [workspaceId, wanted.agents, wanted.agentIds],
    );
    const found = agentRows.parse(rows);
    for (const { id, name } of found) {
      agentIds.add(id);
      agents.set(name, id);
    }
    for (const { id, aliases } of found)
      for (const alias of aliases) if (!agents.has(alias)) agents.set(alias, id);
  }
  return { runs, agents, agentIds };
}
