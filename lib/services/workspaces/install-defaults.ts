import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { workspaceDefaults } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { importContract } from '@/lib/services/contracts/import-contract';

/**
 * Gives a workspace its first defaults, the contract of agents nobody has written one for. Does nothing where there are
 * any, so that a start after an interruption completes what is missing. `owner` is answered to; `on` is today.
 */
export async function installDefaults(workspaceId: string, owner: string, on: Date): Promise<void> {
  const present = await db().query(
    'SELECT 1 FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL LIMIT 1',
    [workspaceId],
  );
  if (present.rowCount !== 0) return;
  const system: Actor = { kind: 'system', workspaceId };
  await importContract(system, {
    source: stringify(workspaceDefaults(owner, on.toISOString().slice(0, 10))),
    format: 'yaml',
    putInForce: true,
  });
}
