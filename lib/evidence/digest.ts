import { hash } from 'node:crypto';
import { canonicalJson } from './canonical';

/** SHA-256 as 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content);
}

/** SHA-256 of the canonical form: the identity of a contract version, of a call's arguments. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
