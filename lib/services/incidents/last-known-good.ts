import type { PoolClient } from 'pg';
import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { moreThanNarrower } from '@/lib/contract/route';
import type { Contract } from '@/lib/contract/schema';
import { mayDecide } from '@/lib/services/gates/may-decide';

/** A version of a contract as people tell it: by its number, and by what it calls itself. */
export interface VersionName {
  number: number;
  name: string;
}

/** A version to go back to. */
export interface KnownGood extends VersionName {
  id: string;
  contract: Contract;
}

export type RollbackTarget =
  /** `held` is what `from` names: the version that decides now. */
  | { state: 'possible'; from: VersionName; held: { id: string; contract: Contract }; to: KnownGood }
  /** No earlier version has done well and may decide where the agent stands, or the agent has no version of its own. */
  | { state: 'nothing-to-go-back-to'; from: VersionName }
  /** Somebody has put another version in force since the run began. */
  | { state: 'superseded'; from: VersionName; inForce: VersionName };

/**
 * What an agent can go back to from the version a run was held to: the latest earlier version that is known to be good,
 * which is one that runs were recorded under, none of which broke a clause with severity high or critical, and that may
 * decide at the agent's stage without another gate. Null for a run that was held to the workspace defaults or to nothing.
 */
export async function rollbackTarget(
  client: Pick<PoolClient, 'query'>,
  agentId: string,
  versionId: string | null,
): Promise<RollbackTarget | null> {
  if (versionId === null) return null;
  const { rows } = await client.query<{
    number: number;
    document: unknown;
    now_number: number | null;
    now_document: unknown;
  }>(
    `SELECT v.number, v.document, n.number AS now_number, n.document AS now_document
       FROM contract_version v JOIN agent a ON a.id = v.agent_id
       LEFT JOIN contract_version n ON n.id = a.contract_version_id AND n.id <> v.id
      WHERE v.id = $1 AND a.id = $2`,
    [versionId, agentId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const contract = readStored(row.document);
  const from = named(row.number, contract);
  if (row.now_number !== null)
    return { state: 'superseded', from, inForce: named(row.now_number, readStored(row.now_document)) };
  const to = await lastKnownGood(client, agentId, row.number);
  return to === null
    ? { state: 'nothing-to-go-back-to', from }
    : { state: 'possible', from, held: { id: versionId, contract }, to };
}

/**
 * The latest version of an agent's contract before a number that is known to be good; null when there is none. Where the
 * agent does real work that is one that did it before, or has passed the gates for it, or does nothing but narrow what the
 * version of that number, which has, may do.
 */
export async function lastKnownGood(
  client: Pick<PoolClient, 'query'>,
  agentId: string,
  beforeNumber: number,
): Promise<KnownGood | null> {
  const { rows } = await client.query<{ id: string; workspace_id: string; number: number }>(
    `SELECT v.id, v.workspace_id, v.number FROM contract_version v
      WHERE v.agent_id = $1 AND v.number < $2
        AND NOT EXISTS (SELECT FROM breach b WHERE b.contract_version_id = v.id AND b.severity IN ('high', 'critical'))
        AND EXISTS (SELECT FROM run r
          WHERE r.workspace_id = v.workspace_id AND r.agent_id = $1 AND r.contract_version_id = v.id AND r.span_count > 0)
      ORDER BY v.number DESC`,
    [agentId, beforeNumber],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const may = await mayDecide(client, first.workspace_id, agentId);
  const from = await contractOf(client, agentId, beforeNumber);
  for (const { id, number } of rows) {
    const found = await contractOf(client, agentId, number);
    if (found === null) continue;
    const narrows = from !== null && may(from.id) && onlyNarrows(from.contract, found.contract);
    if (may(id) || narrows) return { id, contract: found.contract, ...named(number, found.contract) };
  }
  return null;
}

/** With another code version, too: the earlier contract names the code it did well with. */
function onlyNarrows(from: Contract, to: Contract): boolean {
  return moreThanNarrower(diffContracts(from, to)).every(({ clause }) => clause === 'versioning/code');
}

async function contractOf(
  client: Pick<PoolClient, 'query'>,
  agentId: string,
  number: number,
): Promise<{ id: string; contract: Contract } | null> {
  const { rows } = await client.query<{ id: string; document: unknown }>(
    'SELECT id, document FROM contract_version WHERE agent_id = $1 AND number = $2',
    [agentId, number],
  );
  return rows[0] === undefined ? null : { id: rows[0].id, contract: readStored(rows[0].document) };
}

function named(number: number, contract: Contract): VersionName {
  return { number, name: contract.versioning.contract };
}
