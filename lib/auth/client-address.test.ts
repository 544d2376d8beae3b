import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientAddress, trusting } from './client-address';

const nobody = trusting([]);
const ours = trusting(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

test('without a trusted proxy the header counts for nothing', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect(clientAddress('203.0.113.9', header, nobody)).toBe('203.0.113.9');
      expect(clientAddress('203.0.113.9', header, ours)).toBe('203.0.113.9');
    }),
  );
});

test('behind trusted proxies it is the nearest address that is none of them, whatever was written before it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.ipV4(), fc.string()), { maxLength: 4 }), (forged) => {
      const header = [...forged, '203.0.113.9', '10.1.2.3'].join(', ');
      expect(clientAddress('127.0.0.1', header, ours)).toBe('203.0.113.9');
    }),
  );
});

test('ports, brackets and IPv4 in IPv6 are read', () => {
  expect(clientAddress('::ffff:127.0.0.1', '198.51.100.7:51234', ours)).toBe('198.51.100.7');
  expect(clientAddress('fd00::1', '[2001:db8::7]:443', ours)).toBe('2001:db8::7');
});

test('a proxy that wrote nothing usable stands for itself', () => {
  expect(clientAddress('127.0.0.1', undefined, ours)).toBe('127.0.0.1');
  expect(clientAddress('127.0.0.1', 'unknown', ours)).toBe('127.0.0.1');
  expect(clientAddress(undefined, '203.0.113.9', ours)).toBe('unknown');
});
