import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { digestOf } from '@/lib/evidence/digest';
import { aContract } from '@/lib/services/testing/a-contract';
import { parseContract, readStored, type SourceFormat } from './parse';
import { printContract } from './print';
import type { Contract } from './schema';
import { randomContract } from './testing/random-contract';

function read(source: string, format: SourceFormat): Contract {
  const parsed = parseContract(source, format);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues, null, 1));
  return parsed.contract;
}

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    shuffled(inner, seed),
  ]);
  return Object.fromEntries(
    seed % 2 === 0 ? entries.reverse() : entries.sort((a, b) => (a[0] < b[0] ? 1 : -1)),
  );
}

describe('the digest of a contract', () => {
  it('is the same however its text is written: YAML or JSON, keys in any order, wide or narrow', () => {
    fc.assert(
      fc.property(randomContract, fc.integer({ min: 1, max: 6 }), fc.nat(), (contract, indent, seed) => {
        const digest = digestOf(read(stringify(contract), 'yaml'));
        const other = shuffled(contract, seed);
        expect(digestOf(read(JSON.stringify(contract), 'json'))).toBe(digest);
        expect(digestOf(read(JSON.stringify(other, null, indent), 'json'))).toBe(digest);
        expect(digestOf(read(JSON.stringify(other, null, indent), 'yaml'))).toBe(digest);
        expect(digestOf(read(stringify(other, { indent: Math.max(2, indent), lineWidth: 40 }), 'yaml'))).toBe(
          digest,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is what it was before contracts grew filters, a ladder and ways back', () => {
    expect(digestOf(readStored(aContract()))).toBe(
      '3fba06bcde43046de6dbef05907e5a64def98094b65bd989186f1238ecad9c7d',
    );
    const compensations = [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse' }];
    expect(digestOf(readStored(aContract({ failure: { compensations } })))).toBe(
      '5e4405a91135da550628bcee5d69fcfa4598dca4870f2cd371e406ecc61301ee',
    );
  });

  it('is the same whether a default is written out or left out', () => {
    fc.assert(
      fc.property(randomContract, (contract) => {
        const filled = read(stringify(contract), 'yaml');
        expect(digestOf(read(JSON.stringify(filled), 'json'))).toBe(digestOf(filled));
      }),
      { numRuns: 25 },
    );
  });

  it('is another as soon as one word, one limit or the order of the rules is', () => {
    fc.assert(
      fc.property(randomContract, (contract) => {
        const base = read(stringify(contract), 'yaml');
        const others: Contract[] = [
          { ...base, identity: { ...base.identity, name: `${base.identity.name}x` } },
          { ...base, cost: { ...base.cost, perRun: (base.cost.perRun ?? 0) + 1 } },
          { ...base, authority: { ...base.authority, rules: base.authority.rules.slice(1) } },
        ];
        expect(digestOf(others[0])).not.toBe(digestOf(base));
        expect(digestOf(others[1])).not.toBe(digestOf(base));
        if (base.authority.rules.length > 0) expect(digestOf(others[2])).not.toBe(digestOf(base));
      }),
      { numRuns: 25 },
    );
  });

  it('is a known one for a known document, on every machine', () => {
    expect(digestOf({ b: [1, 2.5, 1e21, -0], a: 'é\u20ac\n', c: null, '\u{1F600}': true })).toBe(
      'c4f38ee20387a7659f4d968e585a111e80288787c49a972e4c5937d8ea709f42',
    );
  });
});

describe('a printed contract', () => {
  it('reads back as the very same contract and prints the same again', () => {
    fc.assert(
      fc.property(randomContract, (contract) => {
        const first = read(stringify(contract), 'yaml');
        const printed = printContract(first);
        const second = read(printed, 'yaml');
        expect(second).toEqual(first);
        expect(digestOf(second)).toBe(digestOf(first));
        expect(printContract(second)).toBe(printed);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a damaged contract', () => {
  it('is answered with a fault that has a line of the text, whatever key is missing', () => {
    fc.assert(
      fc.property(randomContract, fc.nat(), (contract, pick) => {
        const required = [
          'apiVersion',
          'kind',
          'identity',
          'scope',
          'tools',
          'authority',
          'ownership',
          'risk',
          'versioning',
        ];
        const gone = required[pick % required.length] ?? 'risk';
        const source = stringify(
          Object.fromEntries(Object.entries(contract).filter(([key]) => key !== gone)),
        );
        const parsed = parseContract(source, 'yaml');
        expect(parsed).toMatchObject({ ok: false, issues: [{ path: gone, line: 1 }] });
      }),
      { numRuns: 40 },
    );
  });

  it('never throws, whatever text it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('yaml', 'json'),
        (source, format) => {
          const parsed = parseContract(source, format === 'json' ? 'json' : 'yaml');
          expect(parsed.ok).toBe(false);
          if (parsed.ok) return;
          const lines = source.split('\n').length;
          for (const issue of parsed.issues) expect(issue.line ?? 1).toBeLessThanOrEqual(lines + 1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never throws on a contract cut off or with a character changed anywhere', () => {
    fc.assert(
      fc.property(
        randomContract,
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 3 }),
        (contract, at, put) => {
          const text = stringify(contract);
          const place = at % text.length;
          parseContract(text.slice(0, place), 'yaml');
          parseContract(text.slice(0, place) + put + text.slice(place + 1), 'yaml');
        },
      ),
      { numRuns: 50 },
    );
  });
});
