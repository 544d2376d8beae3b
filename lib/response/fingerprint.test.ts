import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addPart,
  emptyFingerprint,
  type Fingerprint,
  MOST_ITEMS,
  PARTS,
  type Part,
  parseFingerprint,
} from './fingerprint';

const itemsArb = fc.array(
  fc.tuple(
    fc.constantFrom(...PARTS),
    fc.oneof(fc.integer({ min: 0, max: 60 }).map(String), fc.string({ minLength: 1, maxLength: 150 })),
  ),
  { maxLength: 200 },
);

function made(items: readonly (readonly [Part, string])[]): Fingerprint {
  const fingerprint = emptyFingerprint();
  for (const [part, item] of items) addPart(fingerprint, part, item);
  return fingerprint;
}

test('a fingerprint is the same whatever order spans come in, however often and in however many batches', () => {
  fc.assert(
    fc.property(
      itemsArb.chain((items) =>
        fc.tuple(
          fc.constant(items),
          fc.shuffledSubarray(items, { minLength: items.length }),
          fc.nat(items.length),
        ),
      ),
      ([items, shuffled, at]) => {
        const first = parseFingerprint(JSON.parse(JSON.stringify(made(shuffled.slice(0, at)))));
        for (const [part, item] of [...shuffled.slice(at), ...shuffled]) addPart(first, part, item);
        expect(first).toEqual(made(items));
      },
    ),
  );
});

test('a part holds at most so many items, sorted, and says when there were more', () => {
  fc.assert(
    fc.property(itemsArb, (items) => {
      const fingerprint = made(items);
      for (const part of PARTS) {
        const all = new Set(items.filter((one) => one[0] === part).map((one) => one[1].slice(0, 120)));
        expect(fingerprint[part]).toEqual([...all].sort().slice(0, MOST_ITEMS));
        expect(fingerprint.cut.includes(part)).toBe(all.size > MOST_ITEMS);
      }
    }),
  );
});

test('a run of before there were fingerprints has an empty one', () => {
  expect(parseFingerprint({})).toEqual(emptyFingerprint());
});
