import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attribute, type ComparedRun, FACTORS } from './attribution';
import { emptyFingerprint, type Fingerprint } from './fingerprint';

let made = 0;
function run(parts: Partial<Fingerprint> & { version?: string } = {}): ComparedRun {
  const { version = '1.3', ...fingerprint } = parts;
  made += 1;
  return {
    key: `run-${made}`,
    startedAt: new Date(Date.UTC(2026, 10, 1) - made * 60_000).toISOString(),
    contract: { name: version, digest: `digest of ${version}` },
    fingerprint: {
      ...emptyFingerprint(),
      code: ['claims-agent@4.2.0'],
      models: ['claims-model'],
      tools: ['policy.lookup'],
      categories: ['personal'],
      ...fingerprint,
    },
  };
}
const many = (count: number, parts: Parameters<typeof run>[0] = {}) =>
  Array.from({ length: count }, () => run(parts));
const of = (bad: ComparedRun, good: ComparedRun[]) =>
  Object.fromEntries(attribute(bad, good).findings.map((one) => [one.factor, one]));

test('contract and code that changed with the run are named with what they were before; what no span says is not known', () => {
  const bad = run({ categories: ['bank-account', 'personal'] });
  const findings = of(bad, many(20, { version: '1.2', code: ['claims-agent@4.1.0'] }));
  expect(findings.contract).toMatchObject({
    state: 'changed',
    now: ['1.3'],
    before: ['1.2'],
    goodSince: 0,
    goodBefore: 20,
    since: { key: bad.key },
  });
  expect(findings.code).toMatchObject({
    state: 'changed',
    now: ['claims-agent@4.2.0'],
    before: ['claims-agent@4.1.0'],
  });
  expect(findings.models).toEqual({ factor: 'models', state: 'same', now: ['claims-model'], runs: 20 });
  expect(findings.tools).toMatchObject({ state: 'same' });
  expect(findings.categories).toMatchObject({ state: 'changed', now: ['bank-account'], goodSince: 0 });
  expect(findings.prompts).toEqual({ factor: 'prompts', state: 'unknown', why: 'not-said' });
});

test('a change that good runs came after says how many, and which run had it first', () => {
  const since = many(14);
  const findings = of(run(), [...since, ...many(30, { version: '1.2' })]);
  expect(findings.contract).toMatchObject({
    state: 'changed',
    goodSince: 14,
    goodBefore: 30,
    since: { key: since.at(-1)?.key },
  });
});

test('a version of the same name with another document is a change', () => {
  const renamed = many(5).map((one) => ({ ...one, contract: { name: '1.3', digest: 'another' } }));
  expect(of(run(), renamed).contract).toMatchObject({ state: 'changed', now: ['1.3'], before: ['1.3'] });
});

test('a prompt that is another in every run varies, and is not said to have changed', () => {
  const good = Array.from({ length: 10 }, (_, index) => run({ prompts: [`p${index % 2}`] }));
  expect(of(run({ prompts: ['p0'] }), good).prompts).toMatchObject({ state: 'varies', sameIn: 5, runs: 10 });
});

test('a tool that is called now and then is no change; one that came up lately is', () => {
  const now = { tools: ['payments.draft', 'policy.lookup'] };
  const seldom = [...many(40), run(now), ...many(10), run(now), ...many(8)];
  expect(of(run(now), seldom).tools).toMatchObject({ state: 'same' });
  const lately = [...many(3, now), ...many(57)];
  expect(of(run(now), lately).tools).toMatchObject({
    state: 'changed',
    now: ['payments.draft'],
    goodSince: 3,
    goodBefore: 57,
  });
});

test('without good runs, or where more was kept than fits, nothing is claimed', () => {
  expect(attribute(run(), []).findings.map((one) => one.state)).toEqual(FACTORS.map(() => 'unknown'));
  expect(of(run({ cut: ['tools'] }), many(5)).tools).toEqual({
    factor: 'tools',
    state: 'unknown',
    why: 'cut',
  });
});

test('figures never claim more good runs than were compared', () => {
  const part = fc.subarray(['x', 'y', 'z']);
  const runArb = fc
    .record({ code: part, models: part, prompts: part, tools: part, categories: part })
    .map((parts) => run(parts));
  fc.assert(
    fc.property(runArb, fc.array(runArb, { maxLength: 12 }), (bad, good) => {
      const { runs, findings } = attribute(bad, good);
      expect(runs).toBe(good.length);
      for (const one of findings) {
        if (one.state === 'changed') expect(one.goodSince + one.goodBefore).toBeLessThanOrEqual(runs);
        if (one.state === 'same' || one.state === 'varies') expect(one.runs).toBeLessThanOrEqual(runs);
      }
    }),
  );
});
