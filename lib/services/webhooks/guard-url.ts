import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { config } from '@/lib/config';
import { AppError } from '@/lib/errors';

/**
 * A webhook URL is typed by a person and fetched by our server, which may stand inside a network the person cannot
 * reach (server-side request forgery). So only public addresses are delivered to, unless the installation says
 * otherwise. The check that counts is made when the connection is: `guardedLookup` hands the socket only addresses it
 * has judged, so a name that resolves differently the second time gains nothing.
 */

/** IPv4 ranges that are not the public internet (IANA special-purpose registry). */
const NOT_PUBLIC_V4 = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  NOT_PUBLIC_V4.addSubnet(net, prefix, 'ipv4');

/** IPv6 is allow-listed: global unicast, less the parts of it that document or tunnel IPv4. */
const GLOBAL_V6 = new BlockList();
GLOBAL_V6.addSubnet('2000::', 3, 'ipv6');
const NOT_PUBLIC_V6 = new BlockList();
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  NOT_PUBLIC_V6.addSubnet(net, prefix, 'ipv6');

/** Whether an IP address belongs to the public internet. Anything that is not an address does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC_V4.check(address, 'ipv4');
  if (family === 6 && !address.includes('%'))
    return GLOBAL_V6.check(address, 'ipv6') && !NOT_PUBLIC_V6.check(address, 'ipv6');
  return false;
}

/**
 * Parses a webhook URL and refuses what could never be delivered to: other schemes, credentials in the URL, a literal
 * private address. Names are judged when they are resolved. Throws `invalid` naming the fault.
 */
export function parseWebhookUrl(text: string): URL {
  const url = parseUrl(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse('A webhook URL begins with https:// or http://.');
  if (url.username !== '' || url.password !== '')
    refuse(
      'A webhook URL carries no user name or password: receivers verify the signature of each delivery.',
    );
  refuseHidden(url);
  return url;
}

/**
 * The same for Slack and PagerDuty, whose address or key is a secret that travels with every message: only over https, but
 * where the installation delivers to private addresses.
 */
export function parseChannelUrl(text: string): URL {
  const url = parseUrl(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && config().allowPrivateWebhooks))
    refuse('The address begins with https://: what is sent there carries a secret.');
  if (url.username !== '' || url.password !== '')
    refuse('The address carries a user name or password, which neither Slack nor PagerDuty asks for.');
  refuseHidden(url);
  return url;
}

function refuse(message: string): never {
  throw new AppError('invalid', message, { issues: [{ path: 'url', message }] });
}

function parseUrl(text: string): URL {
  return URL.canParse(text) ? new URL(text) : refuse('This is not a URL.');
}

function refuseHidden(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !config().allowPrivateWebhooks && !isPublicAddress(host))
    refuse(
      `${host} is not a public address. To deliver to it, start with COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS=on.`,
    );
}

/** Resolves the URL's name now, so that a typing mistake or a private host is told to the person who typed it. */
export async function assertReachableHost(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return;
  await new Promise<void>((resolve, reject) => {
    guardedLookup(host, { all: true }, (error) => {
      if (error === null) return resolve();
      const message =
        error.code === NOT_PUBLIC ? error.message : `${host} could not be resolved. Is the name right?`;
      reject(new AppError('invalid', message, { issues: [{ path: 'url', message }] }));
    });
  });
}

const NOT_PUBLIC = 'ERR_NOT_PUBLIC';

/** A `lookup` for sockets that fails when any address of the name is not public. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const first = addresses?.[0];
    if (error !== null) return callback(error, '', 4);
    const hidden = config().allowPrivateWebhooks
      ? undefined
      : addresses.find((found) => !isPublicAddress(found.address));
    if (hidden !== undefined || first === undefined) {
      const refusal: NodeJS.ErrnoException = new Error(
        `${hostname} resolves to ${hidden?.address ?? 'nothing'}, which is not a public address.`,
      );
      refusal.code = NOT_PUBLIC;
      return callback(refusal, '', 4);
    }
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};
