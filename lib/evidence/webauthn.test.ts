import { describe, expect, it } from 'vitest';
import { passkeyOf } from './testing/an-export';
import { coseKey, passkeyFault } from './webauthn';

const TYPE = 'text/plain';
const PAYLOAD = 'I approve.';

describe('the signature of a passkey', () => {
  for (const kind of ['ES256', 'EdDSA', 'RS256'] as const)
    it(`of kind ${kind} holds for what it was made for, and for nothing else`, () => {
      const passkey = passkeyOf(kind);
      const key = { publicKey: passkey.publicCose, rpId: passkey.rpId };
      const signature = passkey.assert(TYPE, PAYLOAD);
      expect(passkeyFault(key, TYPE, Buffer.from(PAYLOAD), signature)).toBeNull();
      expect(passkeyFault(key, TYPE, Buffer.from('I decline.'), signature)).toMatch(
        /challenge of something else/,
      );
      expect(passkeyFault(key, 'text/html', Buffer.from(PAYLOAD), signature)).toMatch(
        /challenge of something else/,
      );
      const other = { ...key, publicKey: passkeyOf(kind).publicCose };
      expect(passkeyFault(other, TYPE, Buffer.from(PAYLOAD), signature)).toMatch(/does not fit/);
    });

  it('is refused when it was made elsewhere, for another end, or by nobody', () => {
    const passkey = passkeyOf('ES256', 'countersign.example.com');
    const key = { publicKey: passkey.publicCose, rpId: passkey.rpId };
    const fault = (over: Parameters<typeof passkey.assert>[2]) =>
      passkeyFault(key, TYPE, Buffer.from(PAYLOAD), passkey.assert(TYPE, PAYLOAD, over));
    expect(fault({})).toBeNull();
    expect(fault({ origin: 'https://countersign.example.com.evil.example' })).toMatch(/made at/);
    expect(fault({ origin: 'nonsense' })).toMatch(/made at/);
    expect(fault({ rpId: 'evil.example' })).toMatch(/another site/);
    expect(fault({ type: 'webauthn.create' })).toMatch(/not to sign/);
    expect(fault({ flags: 0 })).toMatch(/nobody was present/);
    const { webauthn: _, ...bare } = passkey.assert(TYPE, PAYLOAD);
    expect(passkeyFault(key, TYPE, Buffer.from(PAYLOAD), bare)).toMatch(/missing/);
  });

  it('needs a key that is one', () => {
    for (const bytes of [[], [0xa0], [0x00], [0xa1, 0x01], [0xa1, 0x01, 0x5a, 255, 255, 255, 255]])
      expect(() => coseKey(Uint8Array.from(bytes))).toThrow(Error);
  });
});
