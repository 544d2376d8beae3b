import { expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { hex, otlpJson, type TestValue, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recordSpans } from './record-spans';

const IBAN = 'DE89 3704 0044 0532 0130 00';
const MASKED = 'DE** **** **** **** **** 00';
const CLAUSE = 'tools/orders.get/filter/slips';

/** An agent whose orders may have account numbers on them; `run` records one call and tells what was found. */
async function given(act: 'mask' | 'review' = 'mask') {
  const workspace = await givenWorkspace();
  const { tools } = aContract();
  const read = tools['orders.get'];
  if (read === undefined) throw new Error('There is no tool to read orders.');
  // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
  const filter = [{ id: 'slips', categories: ['bank-account', 'location'], then: act }];
  const filtering = { ...read, arguments: undefined, filter };
  const agent = await givenAgent(workspace, aContract({ tools: { ...tools, 'orders.get': filtering } }));
  const { actor } = await givenKey(workspace, ['ingest'], agent);
  const run = async (args: unknown, result: unknown, filtered?: TestValue) => {
    const traceId = hex(16);
    const attributes = filtered === undefined ? {} : { 'countersign.filtered': filtered };
    const span = toolCall({ traceId, start: Date.now() - 1000, attributes }, 'orders.get', args, result);
    await recordSpans(actor, decodeTraces(Buffer.from(otlpJson([span])), 'json', Date.now()).spans);
    const { rows } = await db().query(
      `SELECT s.lane, s.categories, s.clauses, s.risk,
         ARRAY(SELECT b.clause || ' ' || b.code || ' ' || b.severity FROM breach b
                WHERE b.trace_id = s.trace_id ORDER BY 1) AS breaches
       FROM span s WHERE s.workspace_id = $1 AND s.trace_id = decode($2, 'hex')`,
      [workspace.id, traceId],
    );
    return rows[0];
  };
  return run;
}

it('takes data that a span says was filtered for filtered: no breach, and no risk', async () => {
  const run = await given();
  const plain = await run({ orderId: 'o-1' }, { slip: 'none' });
  for (const said of [['bank-account'], 'bank-account', ' location , bank-account ']) {
    const answer = await run({ orderId: 'o-1' }, { slip: MASKED }, said);
    expect(answer).toMatchObject({ lane: 'degrade', clauses: [CLAUSE], breaches: [], risk: plain.risk });
    expect(answer.categories).toEqual(plain.categories);
  }
});

it('takes an account number that was not filtered for a breach of the filter', async () => {
  const run = await given();
  const expected = { lane: 'block', clauses: [CLAUSE], breaches: [`${CLAUSE} filter-not-applied critical`] };
  expect(await run({ orderId: 'o-1' }, { slip: IBAN })).toMatchObject(expected);
  // Nor does saying so make it unreadable.
  expect(await run({ orderId: 'o-1' }, { slip: IBAN }, ['bank-account'])).toMatchObject(expected);
  expect((await run({ orderId: 'o-1' }, { slip: IBAN })).categories).toContain('bank-account');
});

it('takes a person’s review for what it is: the data is still there, and was looked at', async () => {
  const run = await given('review');
  expect(await run({}, { slip: IBAN }, 'bank-account')).toMatchObject({ lane: 'degrade', breaches: [] });
});

it('filters nothing of what the agent itself sends', async () => {
  const run = await given();
  expect(await run({ orderId: IBAN }, {}, 'bank-account')).toMatchObject({
    lane: 'block',
    breaches: ['tools/orders.get/categories category-not-allowed critical'],
  });
});

it('reads odd words about what was filtered as none', async () => {
  const run = await given();
  for (const said of ['', ',', [], 7, ['', ' ']])
    expect(await run({ orderId: 'o-1' }, {}, said)).toMatchObject({ lane: 'allow', breaches: [] });
});
