import { BlockList, isIP } from 'node:net';

/** Says of an address whether its word on where a request came from is taken. */
export type IsTrusted = (address: string) => boolean;

/** IP addresses and CIDR ranges, as `COUNTERSIGN_TRUSTED_PROXIES` lists them; `config()` has checked their form. */
export function trusting(proxies: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * Where a request came from: the connection's other end, or, when that is a trusted proxy, the nearest address in
 * `X-Forwarded-For` that is not one. What stands farther left anybody can have written.
 *
 * @param peer the socket's remote address
 * @param forwardedFor the header as it came, nearest address last
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  isTrusted: IsTrusted,
): string {
  let nearest = plainAddress(peer ?? '');
  for (const hop of (forwardedFor ?? '').split(',').reverse()) {
    if (!isTrusted(nearest)) break;
    const address = plainAddress(hop);
    if (isIP(address) === 0) break;
    nearest = address;
  }
  return nearest === '' ? 'unknown' : nearest;
}

/** Without the port some proxies add, nor the IPv6 clothes in which a socket shows an IPv4 address. */
function plainAddress(text: string): string {
  const trimmed = text.trim();
  const bare = /^\[(.+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
}
