import type { Actor } from '@/lib/auth/actor';
import { AppError } from '@/lib/errors';
import { instancePublicKey } from '@/lib/evidence/dsse';
import { listInstanceKeys } from './list-keys';

/** A public key of the instance as PEM: the one in use when `id` is null. Throws `not_found` for what is none of its keys. */
export async function publicKeyPem(actor: Actor, id: string | null): Promise<string> {
  const keys = await listInstanceKeys(actor);
  const key = id === null ? keys[0] : keys.find((each) => each.id === id);
  if (key === undefined) throw new AppError('not_found', 'This instance has no such key.');
  return instancePublicKey(key.publicKey).export({ format: 'pem', type: 'spki' }).toString();
}
