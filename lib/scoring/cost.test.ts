import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Price, priceAt } from './cost';
import { PRICE_LIST } from './price-list';

const price = (model: string, inputUsd = 1, from = '2024-01-01'): Price => ({
  model,
  inputUsd,
  outputUsd: 4 * inputUsd,
  cachedInputUsd: null,
  effectiveFromMs: Date.parse(from),
});
const now = Date.parse('2026-11-21');

describe('the price of a model', () => {
  const list = [price('gpt-4o'), price('gpt-4o-mini', 0.1), price('claude-3-5-sonnet', 3)];
  const found = (model: string) => priceAt(list, model, now)?.model ?? null;

  it('is that of its own name, or of its name without the release', () => {
    expect(found('gpt-4o')).toBe('gpt-4o');
    expect(found('gpt-4o-2024-08-06')).toBe('gpt-4o');
    expect(found('GPT-4o-latest')).toBe('gpt-4o');
    expect(found('gpt-4o-mini-2024-07-18')).toBe('gpt-4o-mini');
    expect(found('claude-3-5-sonnet-20241022')).toBe('claude-3-5-sonnet');
    expect(found('claude-3-5-sonnet@20240620')).toBe('claude-3-5-sonnet');
    expect(found('claude-3-5-sonnet-20240620-v1:0')).toBe('claude-3-5-sonnet');
    expect(found('openai/gpt-4o-mini')).toBe('gpt-4o-mini');
  });

  it('is unknown for another model, however alike the names', () => {
    for (const model of [
      'gpt-4o-audio',
      'gpt-4o-mini-tts',
      'gpt-4',
      'gpt-4oo',
      'gpt-4o-',
      'claude-3',
      'azure/gpt-4o',
      '',
    ])
      expect(found(model), model).toBeNull();
    expect(priceAt([price('gpt-4o')], 'gpt-4o-mini', now)).toBeNull();
    expect(priceAt([price('claude-opus-4', 15)], 'claude-opus-4-5', now)).toBeNull();
  });

  it('is that of a release of its own before that of the name', () => {
    const both = [price('gpt-4o', 2.5), price('gpt-4o-2024-05-13', 5)];
    expect(priceAt(both, 'gpt-4o-2024-05-13', now)?.inputUsd).toBe(5);
    expect(priceAt(both, 'gpt-4o-2024-08-06', now)?.inputUsd).toBe(2.5);
  });

  it('is the one in effect when the call was made', () => {
    const dated = [price('o3', 10, '2025-04-16'), price('o3', 2, '2025-06-10')];
    expect(priceAt(dated, 'o3', Date.parse('2025-04-15'))).toBeNull();
    expect(priceAt(dated, 'o3', Date.parse('2025-06-09T23:59:59Z'))?.inputUsd).toBe(10);
    expect(priceAt(dated, 'o3', Date.parse('2025-06-10'))?.inputUsd).toBe(2);
  });

  it('is the workspace’s own when it stands before a shipped one of the same day', () => {
    expect(priceAt([price('o3', 7), price('o3', 2)], 'o3', now)?.inputUsd).toBe(7);
  });
});

describe('the cost of a call', () => {
  it('is each kind of token at its own price', () => {
    const gpt4o = priceAt(PRICE_LIST, 'gpt-4o-2024-08-06', now);
    expect(gpt4o).not.toBeNull();
    if (gpt4o === null) return;
    // 6,000 × $2.50 + 4,000 × $1.25 + 1,000 × $10, per million
    expect(costOf({ input: 10_000, cachedInput: 4000, output: 1000 }, gpt4o)).toBeCloseTo(0.03, 12);
  });

  it('takes cached input at the full price where there is no other', () => {
    expect(costOf({ input: 1_000_000, cachedInput: 1_000_000, output: 0 }, price('x', 3))).toBe(3);
  });

  it('never exceeds what was counted, even when a sender counts more cached tokens than tokens', () => {
    const cheap = { ...price('x', 3), cachedInputUsd: 1 };
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(2e6), fc.nat(1e6), (input, cachedInput, output) => {
        const cost = costOf({ input, cachedInput, output }, cheap);
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(cost).toBeLessThanOrEqual((input * 3 + output * 12) / 1e6 + 1e-9);
      }),
    );
  });
});

describe('the shipped price list', () => {
  it('says for each figure where it is from and since when', () => {
    for (const shipped of PRICE_LIST) {
      expect(shipped.source).toMatch(/\S+\.\S+, read \d+ \w+ 2026|check at \S+/);
      expect(new Date(shipped.effectiveFromMs).toISOString().slice(0, 10)).toBe(shipped.effectiveFrom);
      expect(shipped.inputUsd).toBeGreaterThan(0);
      expect(shipped.outputUsd).toBeGreaterThanOrEqual(0);
      expect(shipped.cachedInputUsd ?? 0).toBeLessThanOrEqual(shipped.inputUsd);
    }
    const keys = PRICE_LIST.map(({ model, effectiveFrom }) => `${model} ${effectiveFrom}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('prices the models that recorded runs and the nine frameworks name', () => {
    for (const model of [
      'gpt-4o',
      'gpt-4o-mini-2024-07-18',
      'gpt-3.5-turbo-0125',
      'gemini-1.5-flash-001',
      'gemini-2.0-flash',
      'command-r',
      'claude-3-haiku-20240307',
      'claude-3-5-sonnet-20240620',
      'gpt-5-2025-08-07',
      'gpt-5-mini-2025-08-07',
      'gpt-4.1-2025-04-14',
    ])
      expect(priceAt(PRICE_LIST, model, now), model).not.toBeNull();
  });
});
