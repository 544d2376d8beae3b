import { expect, test } from 'vitest';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { exportRuns } from './export-runs';
import { NO_RUN_FILTERS, runFilterSchema } from './run-filters';

async function text(chunks: AsyncGenerator<string>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += chunk;
  return all;
}
const started = { sort: 'started', order: 'desc' } as const;

test('the file holds every run that fits once, across pages', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  for (let index = 0; index < 205; index += 1) await givenRun(workspace, agent, { key: `r-${index}` });
  await givenRun(workspace, agent, { key: 'other', band: 'high' });
  const lines = (await text(exportRuns(workspace.system, runFilterSchema.parse({ band: 'low' }), started)))
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(206);
  expect(new Set(lines.slice(1).map((line) => line.split(',')[0])).size).toBe(205);
});

test('a name that a spreadsheet would run as a formula arrives as text', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenRun(workspace, agent, { key: '=HYPERLINK("http://x","y"),\n' });
  const file = await text(exportRuns(workspace.system, NO_RUN_FILTERS, started));
  expect(file.split('\r\n')[1]?.startsWith('"\'=HYPERLINK(""http://x"",""y""),\n"')).toBe(true);
});

test('the file has the columns and the order of the list, and says so in its first line', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenRun(workspace, agent, { key: 'cheap', costUsd: 0.01 });
  await givenRun(workspace, agent, { key: 'dear', costUsd: 2 });
  const file = await text(
    exportRuns(workspace.system, NO_RUN_FILTERS, { sort: 'cost', order: 'asc' }, ['agent', 'cost', 'score']),
  );
  const [head, ...lines] = file.trimEnd().split('\r\n');
  expect(head).toBe('run,id,agent,score,cost_usd,unpriced_calls');
  expect(lines.map((line) => line.split(',')[0])).toEqual(['cheap', 'dear']);
});

test('the file leaves empty what is not known, as the page does, and writes 0 only for what was found to be 0', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenRun(workspace, agent, { key: 'asked', spanCount: 0, durationMs: 0, score: null });
  await givenRun(workspace, agent, { key: 'free' });
  await givenRun(workspace, agent, { key: 'part', costUsd: 0.5, unpricedCalls: 1 });
  await givenRun(workspace, agent, { key: 'unpriced', unpricedCalls: 2 });
  const file = await text(
    exportRuns(workspace.system, NO_RUN_FILTERS, started, [
      'band',
      'breaches',
      'risk',
      'score',
      'cost',
      'tokens',
      'model-calls',
      'tool-calls',
      'spans',
      'errors',
      'duration',
    ]),
  );
  const [head, ...lines] = file.trimEnd().split('\r\n');
  expect(head).toBe(
    'run,id,band,breaches,risk,score,cost_usd,unpriced_calls,input_tokens,output_tokens,model_calls,tool_calls,spans,failed_spans,duration_ms,waited_ms',
  );
  const told = lines.map((line) => line.replace(/,[0-9a-f-]{36}/, '')).sort();
  expect(told).toEqual([
    'asked,,0,,,,,,,,,0,,,',
    'free,low,0,0,90,0,0,0,0,0,0,1,0,1000,0',
    'part,low,0,0,90,0.5,1,0,0,0,0,1,0,1000,0',
    'unpriced,low,0,0,90,,2,0,0,0,0,1,0,1000,0',
  ]);
});

test('nobody gets a file of another workspace', async () => {
  const workspace = await givenWorkspace();
  await givenRun(workspace, await givenAgent(workspace));
  const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
  const file = await text(exportRuns(stranger, NO_RUN_FILTERS, started));
  expect(file.trimEnd().split('\r\n')).toHaveLength(1);
});
