import { isIP } from 'node:net';
import { config } from '@/lib/config';

/** The site that passkeys are made for: browsers give an answer to this address only. */
export interface RelyingParty {
  /** The dashboard's host name. */
  id: string;
  /** Scheme, host and port. */
  origin: string;
  name: string;
}

/** Null where browsers offer no passkeys at all: at a bare IP address. */
export function relyingParty(): RelyingParty | null {
  const url = new URL(config().dashboardUrl);
  const bare = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? { id: url.hostname, origin: url.origin, name: 'Countersign' } : null;
}
