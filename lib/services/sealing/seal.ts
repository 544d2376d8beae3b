import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { config } from '@/lib/config';

/**
 * Secrets that must be readable to be used are sealed at rest: AES-256-GCM under a key derived (HKDF-SHA-256) from the
 * instance secret, one for each purpose, bound to their row by the additional data. A dump of the database alone
 * reveals none. Form: `v1.` + base64url(12-byte nonce | 16-byte tag | ciphertext).
 */
const VERSION = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed, and the name its key is derived under; never changed, or what was sealed no longer opens. */
const PURPOSES = {
  webhook: 'countersign: webhook signing secrets',
  slack: 'countersign: addresses of slack webhooks',
  pagerduty: 'countersign: routing keys of pagerduty',
  'instance-key': 'countersign: instance keys',
  'signal-source': 'countersign: secrets of signal sources',
} as const;
export type SealingPurpose = keyof typeof PURPOSES;

export function seal(purpose: SealingPurpose, plain: string, boundTo: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(purpose), nonce);
  cipher.setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** Throws when the instance secret has changed, or the value was altered or moved to another row. */
export function unseal(purpose: SealingPurpose, sealed: string, boundTo: string): string {
  if (!sealed.startsWith(VERSION)) throw new Error('This is not a sealed value of a version we know.');
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(purpose), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(boundTo));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function sealingKey(purpose: SealingPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', config().secret, '', PURPOSES[purpose], 32));
}
