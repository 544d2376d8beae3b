import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { backtestsOf } from '@/lib/services/backtests/get-backtest';
import { startBacktest } from '@/lib/services/backtests/start-backtest';
import { importContract } from '@/lib/services/contracts/import-contract';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { decodeTraces } from '@/lib/telemetry/decode';
import { CLAIMS_RUNS, planDemo } from './plan';
import { tracesOf } from './send';

const END = Date.now();
const FILTER = '$&    filter:\n      - { id: account-numbers, categories: [bank-account], then: mask }\n';

it('finds that a filter of account numbers would have changed the one run that paged, and none of the others', {
  timeout: 120_000,
}, async () => {
  const workspace = await givenWorkspace();
  const sponsor = await givenPerson(workspace, ['head-of-ai']);
  const { actor } = await givenKey(workspace, ['ingest']);
  const claims = (version: string) =>
    readFileSync(join(import.meta.dirname, 'contracts', `claims-processor-${version}.yaml`), 'utf8').replace(
      /\$\{(\d+) days ago\}/g,
      (_, days: string) => new Date(END - Number(days) * 86_400_000).toISOString().slice(0, 10),
    );
  const bring = (source: string, putInForce = true) =>
    importContract(sponsor, { source, format: 'yaml', putInForce });
  const plan = planDemo(END);
  const send = async (runs: typeof plan.before) => {
    for (let from = 0; from < runs.length; from += 100)
      await recordSpans(
        actor,
        decodeTraces(Buffer.from(tracesOf(runs.slice(from, from + 100))), 'json', END).spans,
      );
  };
  await bring(claims('1.2'));
  await send(plan.before.filter((run) => run.service === plan.breach.service));
  await bring(claims('1.3'));
  await send([...plan.after, plan.breach]);
  const filtered = claims('1.3')
    .replace(/^ {2}documents\.ocr:\n/m, FILTER)
    .replace(/^( {2}contract: ).*$/m, "$1'1.4'");
  const { number } = await bring(filtered, false);

  const { done } = await startBacktest(sponsor, {
    agent: 'claims-processor',
    of: { version: number },
    days: 40,
  });
  await done;
  const { rows } = await db().query(
    'SELECT id FROM contract_version WHERE workspace_id = $1 AND number = $2',
    [workspace.id, number],
  );
  const { report } = await backtestsOf(sponsor, { versionId: rows[0].id });
  expect(report?.report).toMatchObject({
    runs: CLAIMS_RUNS,
    unchanged: CLAIMS_RUNS - 1,
    undecided: 0,
    moves: { 'let-through': 1 },
    examples: [{ tool: 'documents.ocr', before: 'block', after: 'degrade' }],
    outcomes: { examples: [{ before: { pages: true }, after: { pages: false } }] },
  });
});
