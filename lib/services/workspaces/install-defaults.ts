import type { PoolClient } from 'pg';
import { stringify } from 'yaml';
import { workspaceDefaults } from '@/lib/contract/workspace-defaults';
import { importInto } from '@/lib/services/contracts/import-contract';

/**
 * Gives a new workspace its defaults, the contract of agents nobody has written one for, in the transaction that makes
 * it. `owner` is answered to; `on` is today.
 */
export async function installDefaults(
  client: PoolClient,
  workspaceId: string,
  owner: string,
  on: Date,
): Promise<void> {
  await importInto(
    client,
    { kind: 'system', workspaceId },
    {
      source: stringify(workspaceDefaults(owner, on.toISOString().slice(0, 10))),
      format: 'yaml',
      putInForce: true,
    },
  );
}
