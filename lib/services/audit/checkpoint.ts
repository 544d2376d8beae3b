import type { PoolClient } from 'pg';
import { CHECKPOINT_TYPE, checkpointText } from '@/lib/evidence/chain';
import { envelopeOf } from '@/lib/evidence/dsse';
import { signWithInstance } from '@/lib/services/instance-keys/sign';
import type { ChainHead } from './chain-rows';

/** Signs where a chain stands, once for each place. The caller holds the chain's lock. */
export async function writeCheckpoint(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  head: ChainHead,
): Promise<void> {
  const { rows } = await client.query<{ now: Date }>("SELECT date_trunc('milliseconds', now()) AS now");
  const at = (rows[0]?.now ?? new Date()).toISOString();
  const payload = checkpointText({ workspace: workspaceId, seq: head.seq, hash: head.hash, at });
  const envelope = envelopeOf(CHECKPOINT_TYPE, payload, [
    await signWithInstance(client, CHECKPOINT_TYPE, payload),
  ]);
  await client.query(
    `INSERT INTO audit_checkpoint (workspace_id, seq, hash, at, envelope)
     VALUES ($1, $2, decode($3, 'hex'), $4, $5) ON CONFLICT (workspace_id, seq) DO NOTHING`,
    [workspaceId, head.seq, head.hash, at, JSON.stringify(envelope)],
  );
}
