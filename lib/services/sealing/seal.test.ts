import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'a secret of at least 32 characters');
});
afterEach(() => vi.unstubAllEnvs());

describe('sealed secrets', () => {
  it('open for their own row and purpose only, and differ each time', async () => {
    const { seal, unseal } = await import('./seal');
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const sealed = seal('webhook', secret, 'row-1');
    expect(sealed).not.toContain(secret.slice(6, 20));
    expect(seal('webhook', secret, 'row-1')).not.toBe(sealed);
    expect(unseal('webhook', sealed, 'row-1')).toBe(secret);
    expect(() => unseal('webhook', sealed, 'row-2')).toThrow(Error);
    expect(() => unseal('instance-key', sealed, 'row-1')).toThrow(Error);
  });

  it('do not open when a byte was changed, or under another instance secret', async () => {
    const { seal, unseal } = await import('./seal');
    const sealed = seal('webhook', 'whsec_x', 'row');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expect(() => unseal('webhook', `v1.${bytes.toString('base64url')}`, 'row')).toThrow(Error);
    vi.resetModules();
    vi.stubEnv('COUNTERSIGN_SECRET', 'another secret of 32 characters!!');
    const other = await import('./seal');
    expect(() => other.unseal('webhook', sealed, 'row')).toThrow(Error);
    expect(() => other.unseal('webhook', 'plain', 'row')).toThrow(/not a sealed value/);
  });

  it('made before there were purposes still open', async () => {
    // Sealed by the first version of this file, under the secret above.
    const { unseal } = await import('./seal');
    expect(unseal('webhook', 'v1.ZbS0OCzcWTj4EgJDFJUky3Hj04pwYR9rtnZHwOUw_hqb1tSWmwg', 'row-1')).toBe(
      'whsec_kept',
    );
  });
});
