import { describe, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { ceilingOf } from './ceiling';
import { editValue } from './edit-value';
import { inferArguments } from './infer-arguments';
import { type Observed, type ObservedTool, spreadOf } from './observed';
import { propose } from './propose';
import { contractSchema } from './schema';

const RUN = { id: '01a1fd00-0000-7000-8000-000000000001', key: 'run-1' };
const spread = (values: number[]) => {
  const found = spreadOf(values.map((value) => ({ value, run: RUN })));
  if (found === null) throw new Error('no figures');
  return found;
};
const counted = (count: number, of: (index: number) => number) =>
  spread(Array.from({ length: count }, (_, i) => of(i)));

function aTool(over: Partial<ObservedTool> = {}): ObservedTool {
  return {
    name: 'orders.get',
    calls: 60,
    runs: 30,
    callsPerRun: counted(30, () => 2),
    sampled: { calls: 60, failures: 0 },
    categories: [],
    arguments: { values: [], missing: 0 },
    examples: [RUN],
    ...over,
  };
}
function seen(over: Partial<Observed> = {}): Observed {
  return {
    runs: 30,
    sampledRuns: 30,
    from: '2026-10-01T00:00:00.000Z',
    to: '2026-11-01T00:00:00.000Z',
    perRun: { costUsd: null, tokens: null, calls: null, repeats: null },
    perDayUsd: null,
    unpricedRuns: 0,
    tools: [],
    ...over,
  };
}

describe('a ceiling', () => {
  it('is half as much again as the 99th percentile of a hundred runs, and says when the highest would be over it', () => {
    const found = ceilingOf(
      counted(200, (index) => (index < 196 ? 0.2 : index < 199 ? 0.4 : 5)),
      'money',
    );
    expect(found?.value).toBe(0.6);
    expect(found?.rule).toContain('1.5 × the 99th percentile of 200 runs ($0.40)');
    expect(found?.doubts).toEqual(['The highest, $5.00, would have been over it.']);
  });

  it('is half as much again as the highest of twenty runs, and twice the highest of fewer', () => {
    expect(
      ceilingOf(
        counted(20, (index) => index + 1),
        'whole',
      ),
    ).toMatchObject({ value: 30, doubts: [] });
    const few = ceilingOf(
      counted(7, () => 3),
      'whole',
    );
    expect(few).toMatchObject({ value: 6, doubts: ['Only 7 runs: the next may well be higher.'] });
  });

  it('is not proposed from fewer than five runs, or from nothing but zeros', () => {
    expect(
      ceilingOf(
        counted(4, () => 3),
        'whole',
      ),
    ).toBeNull();
    expect(
      ceilingOf(
        counted(500, () => 0),
        'money',
      ),
    ).toBeNull();
  });

  it('rounds dollars and tokens up to two significant digits', () => {
    expect(
      ceilingOf(
        counted(20, () => 27_411),
        'tokens',
      )?.value,
    ).toBe(42_000);
    expect(
      ceilingOf(
        counted(20, () => 0.08),
        'money',
      )?.value,
    ).toBe(0.12);
  });
});

describe('tools that were called', () => {
  it('are proposed with their class, its reason and their runs', () => {
    const { proposals } = propose(seen({ tools: [aTool({ name: 'refunds.pay' })] }), null);
    const [allow] = proposals;
    expect(allow).toMatchObject({
      id: 'tools/refunds.pay',
      title: 'Allow it: transact',
      value: { action: 'transact', categories: [] },
      examples: [RUN],
      now: null,
    });
    expect(allow?.reasons).toEqual(['Called 60 times in 30 runs.', 'transact: Its name says "pay".']);
  });

  it('are proposed as a person classified them in the catalogue, whatever their name says', () => {
    const decided = { 'orders.get': { action: 'write' as const, categories: ['contact'] } };
    const { proposals } = propose(seen({ tools: [aTool()] }), null, decided);
    expect(proposals[0]).toMatchObject({ value: decided['orders.get'], doubts: [] });
    expect(proposals[0]?.reasons).toContain('Classified by a person, in the tool catalogue.');
  });

  it('that the contract forbids are told and not proposed', () => {
    const contract = contractSchema.parse(aContract());
    const { proposals, notes } = propose(seen({ tools: [aTool({ name: 'accounts.delete' })] }), contract);
    expect(proposals).toEqual([]);
    expect(notes.join()).toContain('scope/forbidden/no-account-deletion');
  });

  it('say which data was seen in them, and apart from it what only their name suggests', () => {
    const tool = aTool({
      name: 'customers.find',
      categories: [{ category: 'bank-account', calls: 12, examples: [RUN] }],
    });
    const { proposals } = propose(seen({ tools: [tool] }), null);
    const data = proposals.filter((each) => each.part === 'data');
    expect(data.map((each) => each.value)).toEqual(['bank-account', 'personal']);
    expect(data[0]).toMatchObject({ needs: 'tools/customers.find', doubts: [] });
    expect(data[1]?.doubts).toEqual(['Not seen in any call: only its name says so.']);
  });

  it('of a contract are proposed only for what the contract does not say yet', () => {
    const contract = contractSchema.parse(aContract());
    const tool = aTool({ categories: [{ category: 'health', calls: 1, examples: [RUN] }] });
    const { proposals } = propose(seen({ tools: [tool] }), contract);
    expect(proposals.map((each) => each.id)).toEqual([
      'tools/orders.get/categories/health',
      'tools/orders.get/rateLimit',
    ]);
    expect(proposals[0]?.doubts.join()).toContain('scope/forbidden/no-health-data');
  });
});

it('whatever is ticked, the contract it is written into stays one', () => {
  const contract = aContract();
  const tool = aTool({
    name: 'mail.send',
    categories: [{ category: 'location', calls: 3, examples: [RUN] }],
    arguments: { values: Array.from({ length: 20 }, () => ({ to: 'a@example.com', text: 'x' })), missing: 1 },
  });
  const observed = seen({
    tools: [tool, aTool()],
    perRun: {
      costUsd: counted(30, () => 0.1),
      tokens: counted(30, () => 900),
      calls: counted(30, () => 4),
      repeats: counted(30, () => 1),
    },
    perDayUsd: counted(10, () => 3),
  });
  const { proposals } = propose(observed, contractSchema.parse(contract));
  const edited = editValue(
    JSON.parse(JSON.stringify(contract)),
    proposals.flatMap((each) => each.edits),
  );
  const after = contractSchema.parse(edited);
  expect(after.tools['mail.send']).toMatchObject({
    action: 'write',
    egress: true,
    categories: expect.arrayContaining(['location', 'contact']),
    arguments: { required: ['text', 'to'] },
    rateLimit: { calls: 3, per: 'run' },
  });
  expect(after.risk.categories).toMatchObject({ location: 5 });
  expect(after.cost).toMatchObject({
    perRun: 0.15,
    perDay: 6,
    tokensPerRun: 1400,
    callsPerRun: 6,
    repeatedCalls: 2,
  });
});

it('says what it cannot know: runs without a price, and too few runs', () => {
  const { notes } = propose(seen({ runs: 3, unpricedRuns: 2 }), null);
  expect(notes).toHaveLength(2);
});

describe('arguments', () => {
  it('are inferred only as narrow as twenty calls bear out', () => {
    const values = Array.from({ length: 24 }, (_, index) => ({
      id: `ORD-${index}`,
      amount: index % 2 === 0 ? 3 : 3.5,
      channel: ['mail', 'phone'][index % 2],
      ...(index > 3 ? { note: 'x' } : {}),
    }));
    expect(inferArguments(values)).toEqual({
      type: 'object',
      properties: {
        amount: { type: 'number' },
        channel: { type: 'string', enum: ['mail', 'phone'] },
        id: { type: 'string' },
        note: { type: 'string', enum: ['x'] },
      },
      required: ['amount', 'channel', 'id'],
    });
    expect(inferArguments(values.slice(0, 19))).toBeUndefined();
    expect(inferArguments([...values, 'text'])).toBeUndefined();
  });
});
