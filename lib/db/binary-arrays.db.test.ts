import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteaArray, int4Array, int8Array, textArray, timestamptzArray, uuidArray } from './binary-arrays';
import { db } from './pool';

const int4 = fc.integer({ min: -2_147_483_648, max: 2_147_483_647 });
const int8 = fc.maxSafeInteger();
/** Whole milliseconds, whose microseconds JavaScript counts exactly. */
const time = fc.integer({ min: Date.UTC(1750, 0), max: Date.UTC(2250, 0) });
const text = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .filter((one) => !one.includes('\0') && one.isWellFormed());
const digest = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

it('the database reads from a binary array what was put into it', async () => {
  const row = fc.tuple(fc.uuid(), int4, time, fc.option(text), digest, int8);
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      const { rows: read } = await db().query<{
        id: string;
        n: number;
        at: Date;
        t: string | null;
        d: string;
        big: number;
      }>(
        `SELECT id, n, at, t, encode(d, 'hex') AS d, big
         FROM unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::bytea[],
                     $6::bigint[]) AS x(id, n, at, t, d, big)`,
        [
          uuidArray(rows.map((one) => one[0])),
          int4Array(rows.map((one) => one[1])),
          timestamptzArray(rows.map((one) => one[2])),
          textArray(rows.map((one) => one[3])),
          byteaArray(rows.map((one) => one[4])),
          int8Array(rows.map((one) => one[5])),
        ],
      );
      expect(read.map(({ id, n, at, t, d, big }) => [id, n, at.getTime(), t, d, big])).toEqual(rows);
    }),
    { numRuns: 100 },
  );
});

it('takes ids in capitals too', async () => {
  const id = randomUUID();
  const { rows } = await db().query('SELECT unnest($1::uuid[]) AS id', [uuidArray([id.toUpperCase()])]);
  expect(rows).toEqual([{ id }]);
});
