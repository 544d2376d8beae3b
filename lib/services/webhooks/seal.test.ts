import { beforeEach, describe, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'a secret of at least 32 characters');
});

describe('sealed secrets', () => {
  it('open for their own row only, and differ each time', async () => {
    const { newSigningSecret, seal, unseal } = await import('./seal');
    const secret = newSigningSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const sealed = seal(secret, 'row-1');
    expect(sealed).not.toContain(secret.slice(6, 20));
    expect(seal(secret, 'row-1')).not.toBe(sealed);
    expect(unseal(sealed, 'row-1')).toBe(secret);
    expect(() => unseal(sealed, 'row-2')).toThrow(Error);
  });

  it('do not open when a byte was changed, or under another instance secret', async () => {
    const { seal, unseal } = await import('./seal');
    const sealed = seal('whsec_x', 'row');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expect(() => unseal(`v1.${bytes.toString('base64url')}`, 'row')).toThrow(Error);
    vi.resetModules();
    vi.stubEnv('COUNTERSIGN_SECRET', 'another secret of 32 characters!!');
    const other = await import('./seal');
    expect(() => other.unseal(sealed, 'row')).toThrow(Error);
    expect(() => other.unseal('plain', 'row')).toThrow(/not a sealed value/);
  });
});
