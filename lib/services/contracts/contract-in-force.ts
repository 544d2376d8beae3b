import { z } from 'zod';
import { policyOf } from '@/lib/contract/decides';
import { type Contract, contractSchema } from '@/lib/contract/schema';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { type CompiledPolicy, compile } from '@/lib/decision/compile';

/** A contract version ready to decide with: parsed and compiled once in this process. */
export interface ContractInForce {
  versionId: string;
  number: number;
  /** SHA-256 hex of the canonical document: the version's name. */
  digest: string;
  contract: Contract;
  compiled: CompiledPolicy;
}

/** Versions never change, so they are kept as long as there is room. */
const MAX_VERSIONS = 1000;
const MAX_POINTERS = 10_000;
/** Nothing decides by what was read longer ago: a rollback holds within a second even if no notification came. */
const POINTER_TTL_MS = 900;

const versions = new Map<string, ContractInForce>();
const pointers = new Map<string, { versionId: string | null; at: number }>();
const looking = new Map<string, Promise<string | null>>();
/** Rises when a pointer may have moved; a lookup that began before is not kept. */
let generation = 0;
let watching = false;

/**
 * The version that decides for an agent: its own when one is in force, else the workspace defaults (pass `null` for
 * the defaults themselves). Null when there is neither. Follows a change within milliseconds (NOTIFY `contract` or
 * `agent`), within 0.9 s at worst.
 */
export async function contractInForce(
  workspaceId: string,
  agentId: string | null,
): Promise<ContractInForce | null> {
  watch();
  const key = `${workspaceId} ${agentId ?? ''}`;
  const known = pointers.get(key);
  if (known !== undefined && Date.now() - known.at < POINTER_TTL_MS)
    return known.versionId === null ? null : contractVersion(known.versionId);
  // One look at a time for each agent: those who come meanwhile share what it finds.
  let look = looking.get(key);
  if (look === undefined) {
    look = lookUp(key, workspaceId, agentId);
    looking.set(key, look);
    const ended = () => {
      if (looking.get(key) === look) looking.delete(key);
    };
    look.then(ended, ended);
  }
  const versionId = await look;
  return versionId === null ? null : contractVersion(versionId);
}

async function lookUp(key: string, workspaceId: string, agentId: string | null): Promise<string | null> {
  const began = generation;
  const at = Date.now();
  const result = await db().query<{ version_id: string | null }>(
    `SELECT COALESCE(
       (SELECT contract_version_id FROM agent WHERE workspace_id = $1 AND id = $2::uuid),
       (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL ORDER BY number DESC LIMIT 1)
     ) AS version_id`,
    [workspaceId, agentId],
  );
  const versionId = result.rows[0]?.version_id ?? null;
  if (began === generation) {
    if (pointers.size >= MAX_POINTERS) pointers.clear();
    pointers.set(key, { versionId, at });
  }
  return versionId;
}

/** One version by its id, compiled. Throws when there is no such version or its document does not fit the schema. */
export async function contractVersion(versionId: string): Promise<ContractInForce> {
  const known = versions.get(versionId);
  if (known !== undefined) return known;
  const result = await db().query<{ number: number; digest: string; document: unknown }>(
    'SELECT number, digest, document FROM contract_version WHERE id = $1',
    [versionId],
  );
  const row = result.rows[0];
  if (row === undefined) throw new Error(`There is no contract version ${versionId}.`);
  const parsed = contractSchema.safeParse(row.document);
  if (!parsed.success)
    throw new Error(
      `Contract version ${versionId} does not fit the schema: ${z.prettifyError(parsed.error)}`,
    );
  const version: ContractInForce = {
    versionId,
    number: row.number,
    digest: row.digest,
    contract: parsed.data,
    compiled: compile(policyOf(parsed.data)),
  };
  const oldest = versions.keys().next();
  if (versions.size >= MAX_VERSIONS && !oldest.done) versions.delete(oldest.value);
  versions.set(versionId, version);
  return version;
}

function watch(): void {
  if (watching) return;
  watching = true;
  const forget = () => {
    generation += 1;
    pointers.clear();
    // Whoever asks from now on is not answered by a look that began before.
    looking.clear();
  };
  listen({
    change: ({ topic }) => {
      if (topic === 'contract' || topic === 'agent') forget();
    },
    reset: forget,
  });
}
