import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, entryDigest, entryText } from './chain';
import { CHAIN_START, linkHash } from './links';

const WORKSPACE = '01a1fd00-0000-7000-8000-000000000001';
const anEntry = fc.record({
  action: fc.string(),
  actor: fc.string(),
  actorName: fc.string({ unit: 'grapheme' }),
  at: fc.constant('2026-11-21T15:00:00.123456Z'),
  detail: fc.jsonValue(),
  id: fc.nat(),
  subject: fc.string(),
  workspace: fc.constant(WORKSPACE),
});

describe('the chain of the audit log', () => {
  it('digests the canonical form of an entry, whatever is in it', () => {
    fc.assert(
      fc.property(anEntry, (entry) => {
        expect(entryText(entry)).toBe(canonicalize(entry));
      }),
    );
  });

  it('hashes the hash before and the digest as text, from 64 zeros on', () => {
    const entry = {
      action: 'run.paused',
      actor: 'system',
      actorName: 'Countersign',
      at: '2026-11-21T15:00:00.000001Z',
      detail: { b: 1, a: 'é' },
      id: 7,
      subject: 'run:1',
      workspace: WORKSPACE,
    };
    const digest = createHash('sha256').update(entryText(entry)).digest('hex');
    expect(entryDigest(entry)).toBe(digest);
    expect(linkHash(CHAIN_START, digest)).toBe(
      createHash('sha256')
        .update(`${'0'.repeat(64)}${digest}`)
        .digest('hex'),
    );
  });

  it('differs from any other entry, and from the same at another place', () => {
    fc.assert(
      fc.property(anEntry, anEntry, (one, other) => {
        if (entryText(one) === entryText(other)) return;
        expect(entryDigest(one)).not.toBe(entryDigest(other));
        const first = linkHash(CHAIN_START, entryDigest(one));
        expect(linkHash(first, entryDigest(one))).not.toBe(first);
      }),
    );
  });

  it('says at a checkpoint whose chain stood where, in canonical form', () => {
    const text = checkpointText({
      workspace: WORKSPACE,
      seq: 1000,
      hash: CHAIN_START,
      at: '2026-11-21T15:00:00.000Z',
    });
    expect(canonicalize(JSON.parse(text))).toBe(text);
  });
});
