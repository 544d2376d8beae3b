import { hkdfSync } from 'node:crypto';
import { config } from '@/lib/config';

const known = new Map<string, Uint8Array>();

/**
 * What the runs of a workspace are drawn under (lib/scoring/draw.ts says why it is secret). Derived from the instance secret, so that
 * neither whoever reads the database nor any member of the workspace can work out which runs will be looked at.
 */
export function drawSecret(workspaceId: string): Uint8Array {
  let secret = known.get(workspaceId);
  if (secret === undefined) {
    const purpose = `countersign: draws for expert review ${workspaceId}`;
    secret = new Uint8Array(hkdfSync('sha256', config().secret, '', purpose, 32));
    if (known.size > 1000) known.clear();
    known.set(workspaceId, secret);
  }
  return secret;
}
