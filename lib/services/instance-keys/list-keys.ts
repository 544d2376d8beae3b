import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** A key of the instance as anybody may know it. */
export interface InstanceKeyRow {
  /** SHA-256 of the public key's SPKI, hex: its fingerprint. */
  id: string;
  /** SPKI in base64. */
  publicKey: string;
  createdAt: string;
  /** Null: in use. */
  retiredAt: string | null;
}

/** The instance's public keys, the one in use first; what they signed stays verifiable with them. */
export async function listInstanceKeys(actor: Actor): Promise<InstanceKeyRow[]> {
  authorize(actor, 'audit.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{
    id: string;
    publicKey: string;
    createdAt: Date;
    retiredAt: Date | null;
  }>(
    `SELECT id, public_key AS "publicKey", created_at AS "createdAt", retired_at AS "retiredAt" FROM instance_key
      ORDER BY retired_at IS NOT NULL, created_at DESC`,
  );
  return rows.map((row) => ({
    id: row.id,
    publicKey: row.publicKey,
    createdAt: row.createdAt.toISOString(),
    retiredAt: row.retiredAt?.toISOString() ?? null,
  }));
}
