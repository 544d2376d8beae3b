import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical';
import { evidenceDigest, storable } from './evidence-digest';

const piece = {
  kind: 'lint',
  version: 'ab'.repeat(32),
  outcome: 'passed',
  summary: 'Nothing found.',
  detail: { findings: [], counts: { error: 0 } },
  time: new Date('2026-11-21T15:00:00Z'),
};

describe('the digest of a piece of evidence', () => {
  it('is what a stranger computes from the documented members', () => {
    const { time, ...rest } = piece;
    const text = canonicalize({ ...rest, time: '2026-11-21T15:00:00.000Z' }) ?? '';
    expect(evidenceDigest(piece)).toBe(createHash('sha256').update(text).digest('hex'));
    expect(time).toBeInstanceOf(Date);
  });

  it.each([
    ['kind', { kind: 'evals' }],
    ['version', { version: null }],
    ['outcome', { outcome: 'failed' }],
    ['summary', { summary: 'Nothing found!' }],
    ['a figure of the detail', { detail: { findings: [], counts: { error: 1 } } }],
    ['time', { time: new Date('2026-11-21T15:00:00.001Z') }],
  ])('is another when the %s is', (_, change) => {
    expect(evidenceDigest({ ...piece, ...change })).not.toBe(evidenceDigest(piece));
  });
});

describe('what is stored of a detail', () => {
  it('holds nothing that a database refuses, and is left alone the second time', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: false }), (value) => {
        const stored = storable(value);
        const text = canonicalJson(stored);
        expect(text).not.toContain('\\u0000');
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/\\ud[89a-f]/);
        expect(canonicalJson(storable(stored))).toBe(text);
      }),
    );
  });

  it('replaces NUL and half surrogate pairs in texts and names, and drops what is undefined', () => {
    expect(storable({ 'a\0': ['x\ud800', { b: undefined, c: 1 }] })).toEqual({ 'a�': ['x�', { c: 1 }] });
  });
});
