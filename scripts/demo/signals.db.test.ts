import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseContract } from '@/lib/contract/parse';
import { db } from '@/lib/db/pool';
import { readStandings } from '@/lib/services/signals/read-standings';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from '@/runtime/server';
import { planDemo } from './plan';
import { sendRuns } from './send';
import { demoSignals, sendSignals } from './signals';

let server: FastifyInstance;
let endpoint: string;
beforeAll(async () => {
  server = buildServer({ logLevel: 'silent' });
  endpoint = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

function contractOf(file: string) {
  const source = readFileSync(join(import.meta.dirname, 'contracts', file), 'utf8');
  const parsed = parseContract(source.replace(/\$\{(\d+) days ago\}/g, '2026-01-01'), 'yaml');
  if (!parsed.ok) throw new Error(`${file} of the demo cannot be read.`);
  return parsed.contract;
}

test('signals of the demo are all taken, join their runs, and leave no claim about 53% to chance', async () => {
  const now = Date.now();
  const plan = planDemo(now);
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  const claims = await givenAgent(workspace, contractOf('claims-processor-1.3.yaml'));
  const settlement = await givenAgent(workspace, contractOf('settlement-information.yaml'));
  for (const file of ['refund-decisioning.yaml', 'invoice-reconciliation.yaml'])
    await givenAgent(workspace, contractOf(file));
  const { secret } = await givenKey(workspace, ['ingest', 'decide']);
  await sendRuns({ endpoint, key: secret }, plan.after, () => {});
  const signals = demoSignals([...plan.before, ...plan.after], now);
  await sendSignals({ endpoint, key: secret }, signals);
  // Sent once more, as after an interruption, nothing is added.
  await sendSignals({ endpoint, key: secret }, signals);

  const { rows } = await db().query(
    `SELECT count(*)::int AS signals, count(run_id)::int > 50 AS joined FROM signal WHERE workspace_id = $1`,
    [workspace.id],
  );
  expect(rows).toEqual([{ signals: signals.length, joined: true }]);
  const standings = await readStandings(
    db(),
    [claims, settlement].map(({ id, version }) => ({
      agentId: id,
      criteria: version.contract.quality.criteria,
    })),
    new Date(now),
  );
  const states = (id: string) => (standings.get(id) ?? []).map((each) => [each.id, each.state, each.met]);
  expect(states(claims.id)).toEqual([
    ['adjuster-agrees', 'unknown', null],
    ['extraction', 'known', true],
    ['no-rework', 'known', true],
    ['content', 'known', true],
  ]);
  expect(states(settlement.id)).toEqual([
    ['no-advice', 'unknown', null],
    ['advice-boundary', 'known', false],
  ]);
}, 60_000);
