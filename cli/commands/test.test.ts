import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import { testFiles } from './test';

const SUITE = `contract: ./contract.json
scenarios:
  - name: pays "small" refunds <by itself>
    behaviour: rollback
    call: { tool: refunds.pay, arguments: { orderId: a, amount: 50 } }
    expect: { lane: allow }
  - name: pays large ones
    call: { tool: refunds.pay, arguments: { orderId: a, amount: 5000 } }
    expect: { lane: allow }
`;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-scenarios-'));
  await writeFile(join(folder, 'contract.json'), JSON.stringify(aContract()));
  await writeFile(join(folder, 'suite.yaml'), SUITE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('tells with --coverage which clauses no scenario exercises, and which behaviours none shows', async () => {
  const outcome = await testFiles([join(folder, 'suite.yaml')], { coverage: true, now: 0 });
  const text = outcome.lines.join('\n');
  expect(text).toMatch(/contract\.json: 5 of \d+ clauses exercised\./);
  expect(text).toContain('  No scenario exercises tools/orders.get/arguments');
  expect(text).not.toContain('No scenario exercises authority/large-refunds');
  expect(text).toContain('  No scenario shows: cost overrun');
  expect(text).not.toContain('No scenario shows: rollback');
  expect(outcome.json).toMatchObject({ coverage: [{ behaviours: { rollback: 1 } }] });
});

it('writes with --junit what a build server shows', async () => {
  const file = join(folder, 'results.xml');
  const outcome = await testFiles([join(folder, 'suite.yaml')], { junit: file, now: 0 });
  expect(outcome.exit).toBe(1);
  const xml = await readFile(file, 'utf8');
  expect(xml).toContain('tests="2" failures="1"');
  expect(xml).toContain('name="pays &quot;small&quot; refunds &lt;by itself&gt;"/>');
  expect(xml).toContain(
    '<failure message="Expected allow, got escalate: the contract is narrower than expected.">',
  );
});
