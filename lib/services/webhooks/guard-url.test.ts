import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const load = async () => import('./guard-url');

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'x'.repeat(32));
});
afterEach(() => vi.unstubAllEnvs());

describe('where webhooks may go', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
    '%s is public',
    async (address) => {
      expect((await load()).isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['0.0.0.0', 'this host'],
    ['10.1.2.3', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'cloud metadata'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['192.0.2.5', 'documentation'],
    ['198.18.0.1', 'benchmarking'],
    ['224.0.0.1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
    ['::ffff:8.8.8.8', 'IPv4-mapped'],
    ['::ffff:7f00:1', 'IPv4-mapped loopback in hex'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['64:ff9b::a9fe:a9fe', 'NAT64 of metadata'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'cloud metadata over IPv6'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['2001:db8::1', 'documentation'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['2002:7f00:1::', '6to4 of loopback'],
    ['ff02::1', 'multicast'],
    ['example.com', 'not an address'],
  ])('%s is not: %s', async (address) => {
    expect((await load()).isPublicAddress(address)).toBe(false);
  });

  it.each([
    ['http://127.0.0.1/x'],
    ['http://2130706433/x'],
    ['http://0x7f.1/x'],
    ['http://0177.0.0.1/x'],
    ['http://[::ffff:10.0.0.1]/x'],
    ['https://[::1]:8443/'],
    ['ftp://example.com/'],
    ['file:///etc/passwd'],
    ['https://user:secret@example.com/'],
    ['not a url'],
  ])('refuses %s when it is typed', async (text) => {
    const { parseWebhookUrl } = await load();
    expect(() => parseWebhookUrl(text)).toThrow(
      expect.objectContaining({ name: 'AppError', code: 'invalid' }),
    );
  });

  it('sends the secrets of Slack and PagerDuty over https alone', async () => {
    const { parseChannelUrl } = await load();
    expect(parseChannelUrl('https://hooks.slack.com/services/T/B/x').host).toBe('hooks.slack.com');
    expect(() => parseChannelUrl('http://hooks.slack.com/services/T/B/x')).toThrow(/begins with https/);
    expect(() => parseChannelUrl('https://me:secret@hooks.slack.com/x')).toThrow(
      /neither Slack nor PagerDuty/,
    );
    expect(() => parseChannelUrl('https://10.0.0.1/x')).toThrow(/not a public address/);
  });

  it('refuses a name that resolves to this machine, when it is typed and when the socket asks', async () => {
    const { assertReachableHost, guardedLookup } = await load();
    await expect(assertReachableHost(new URL('http://localhost/hook'))).rejects.toThrow(
      /not a public address/,
    );
    const error = await new Promise((resolve) => guardedLookup('localhost', {}, (found) => resolve(found)));
    expect(error).toMatchObject({ code: 'ERR_NOT_PUBLIC' });
  });

  it('allows private addresses where the installation says so', async () => {
    vi.stubEnv('COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS', 'on');
    const { assertReachableHost, parseWebhookUrl } = await load();
    await assertReachableHost(parseWebhookUrl('http://localhost:9/hook'));
    expect(parseWebhookUrl('http://127.0.0.1:9/hook').port).toBe('9');
    expect(() => parseWebhookUrl('file:///etc/passwd')).toThrow(Error);
    const { parseChannelUrl } = await load();
    expect(parseChannelUrl('http://127.0.0.1:9/hook').port).toBe('9');
    expect(() => parseChannelUrl('ftp://127.0.0.1/hook')).toThrow(/begins with https/);
  });
});
