import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { listening } from '@/lib/db/listen';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '../testing/given';
import { enterPrice, newPriceSchema, removePrice } from './enter-price';
import { listPrices } from './list-prices';
import { priceList } from './price-list';

const NOW = new Date('2026-11-21T12:00:00Z');
const PRICE = {
  model: 'gpt-4o',
  inputUsd: 2,
  outputUsd: 8,
  cachedInputUsd: null,
  effectiveFrom: '2026-11-01',
  source: 'our contract of 1 November',
};
let workspace: GivenWorkspace;
let engineer: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  engineer = await givenPerson(workspace, ['engineer'], { name: 'Tomas' });
});

test('a price of one’s own overrides the shipped one from its day on', async () => {
  expect((await priceList(workspace.id)).priceOf('gpt-4o', NOW.getTime())?.inputUsd).toBe(2.5);
  await listening();
  await enterPrice(engineer, PRICE);
  await expect
    .poll(async () => (await priceList(workspace.id)).priceOf('gpt-4o-2024-08-06', NOW.getTime())?.inputUsd)
    .toBe(2);
  expect((await priceList(workspace.id)).priceOf('gpt-4o', Date.parse('2026-10-31'))?.inputUsd).toBe(2.5);
  const { prices } = await listPrices(engineer, NOW);
  const named = prices.filter((price) => price.model === 'gpt-4o').slice(0, 2);
  expect(
    named.map(({ inputUsd, own, current, enteredBy }) => ({ inputUsd, own, current, enteredBy })),
  ).toEqual([
    { inputUsd: 2, own: true, current: true, enteredBy: 'Tomas' },
    { inputUsd: 2.5, own: false, current: false, enteredBy: null },
  ]);
});

test('there is one price of one’s own for a model and day', async () => {
  await expect(enterPrice(engineer, { ...PRICE, model: 'GPT-4o' })).rejects.toMatchObject({
    code: 'conflict',
    issues: [{ path: 'effectiveFrom' }],
  });
});

test('it is removed with a reason, and the shipped one counts again', async () => {
  const own = (await listPrices(engineer, NOW)).prices.find((price) => price.own);
  const shipped = (await listPrices(engineer, NOW)).prices.find((price) => !price.own);
  await expect(removePrice(engineer, { id: shipped?.id ?? '', reason: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  });
  await removePrice(engineer, { id: own?.id ?? '', reason: 'mistyped' });
  await expect
    .poll(async () => (await priceList(workspace.id)).priceOf('gpt-4o', NOW.getTime())?.inputUsd)
    .toBe(2.5);
});

test('another workspace neither sees nor removes it', async () => {
  await enterPrice(engineer, { ...PRICE, model: 'ours-only' });
  const own = (await listPrices(engineer, NOW)).prices.find((price) => price.model === 'ours-only');
  const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
  expect((await listPrices(stranger, NOW)).prices.filter((price) => price.own)).toEqual([]);
  await expect(removePrice(stranger, { id: own?.id ?? '', reason: 'x' })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('everyone reads prices, engineers and administrators enter them', async () => {
  const operator = await givenPerson(workspace, ['operator']);
  expect((await listPrices(operator, NOW)).mayEdit).toBe(false);
  await expect(enterPrice(operator, PRICE)).rejects.toMatchObject({ code: 'forbidden' });
});

test('a form without a figure, day or source says so', () => {
  const result = newPriceSchema.safeParse({
    model: 'x',
    inputUsd: 'much',
    outputUsd: '-1',
    cachedInputUsd: '',
    effectiveFrom: '1.11.2026',
    source: '',
  });
  expect(result.error?.issues.map((issue) => issue.path.join('/'))).toEqual([
    'inputUsd',
    'outputUsd',
    'effectiveFrom',
    'source',
  ]);
});
