import type { PoolClient } from 'pg';
import { z } from 'zod';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import { toldOf } from './go-back';
import type { HoldingRollback } from './hold-runs';

const rowSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  agent_id: z.string(),
  incident_id: z.string(),
  state: z.enum(['unconfirmed', 'confirmed', 'reversed']),
  how: z.enum(['at-once', 'by-person']),
  running_runs: z.enum(['finish', 'pause', 'stop']),
  from_id: z.string(),
  from_number: z.int(),
  from_document: z.unknown(),
  to_id: z.string(),
  to_number: z.int(),
  to_document: z.unknown(),
  in_force_id: z.string().nullable(),
  in_force_number: z.int().nullable(),
  settled_by: z.string().nullable(),
});

interface Version {
  id: string;
  number: number;
  name: string;
  contract: Contract;
}

/** A rollback that somebody is about to act on; its agent and it are locked until the transaction ends. */
export interface LockedRollback extends HoldingRollback {
  state: 'unconfirmed' | 'confirmed' | 'reversed';
  how: 'at-once' | 'by-person';
  from: Version;
  to: Version;
  /** What decides now; null: the workspace defaults. */
  inForce: { id: string; number: number } | null;
  settledBy: string | null;
}

/** Throws `not_found` for one that is not of the workspace. */
export async function lockRollback(
  client: PoolClient,
  workspaceId: string,
  id: string,
): Promise<LockedRollback> {
  const missing = new AppError('not_found', 'There is no such rollback in this workspace.');
  if (!z.uuid().safeParse(id).success) throw missing;
  // The agent first, as whoever rolls back does.
  await client.query(
    `SELECT FROM agent WHERE id = (SELECT agent_id FROM rollback WHERE workspace_id = $1 AND id = $2) FOR NO KEY UPDATE`,
    [workspaceId, id],
  );
  const { rows } = await client.query(
    `SELECT b.id, b.workspace_id, b.agent_id, b.incident_id, b.state, b.how, b.running_runs, f.id AS from_id,
            f.number AS from_number, f.document AS from_document, t.id AS to_id, t.number AS to_number,
            t.document AS to_document, n.id AS in_force_id, n.number AS in_force_number, p.name AS settled_by
       FROM rollback b JOIN agent a ON a.id = b.agent_id JOIN contract_version f ON f.id = b.from_version_id
       JOIN contract_version t ON t.id = b.to_version_id LEFT JOIN contract_version n ON n.id = a.contract_version_id
       LEFT JOIN person p ON p.id = b.settled_by_id
      WHERE b.workspace_id = $1 AND b.id = $2 FOR UPDATE OF b`,
    [workspaceId, id],
  );
  if (rows[0] === undefined) throw missing;
  const row = rowSchema.parse(rows[0]);
  const from = version(row.from_id, row.from_number, row.from_document);
  const to = version(row.to_id, row.to_number, row.to_document);
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    agentId: row.agent_id,
    incidentId: row.incident_id,
    fromVersionId: row.from_id,
    runningRuns: row.running_runs,
    told: await toldOf(client, { incidentId: row.incident_id, from, to }),
    state: row.state,
    how: row.how,
    from,
    to,
    inForce:
      row.in_force_id === null || row.in_force_number === null
        ? null
        : { id: row.in_force_id, number: row.in_force_number },
    settledBy: row.settled_by,
  };
}

function version(id: string, number: number, document: unknown): Version {
  const contract = readStored(document);
  return { id, number, name: contract.versioning.contract, contract };
}
