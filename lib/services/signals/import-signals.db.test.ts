import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { type ImportProgress, importOptionsSchema, importSignals, previewImport } from './import-signals';

const NOW = new Date('2026-06-30T12:00:00Z');
type Person = Awaited<ReturnType<typeof givenPerson>>;
const criterion = { comparison: '>=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 30 };

let workspaceId: string;
let operator: Person;
beforeEach(async () => {
  const workspace = await givenWorkspace();
  workspaceId = workspace.id;
  await givenVersion(workspace, null);
  const criteria = [
    {
      id: 'csat',
      statement: 'Customers are content.',
      signal: 'feedback' as const,
      target: 0.8,
      ...criterion,
    },
    {
      id: 'resolved',
      statement: 'Cases are resolved.',
      signal: 'outcome' as const,
      target: 0.8,
      ...criterion,
    },
  ];
  await givenAgent(workspace, aContract({ quality: { criteria } }));
  operator = await givenPerson(workspace, ['operator']);
});

const bytes = (text: string) => new TextEncoder().encode(text);
const streamOf = (text: string, chunk = 7) =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      const all = bytes(text);
      // In pieces, so that characters and quotes are cut apart.
      for (let at = 0; at < all.length; at += chunk) controller.enqueue(all.slice(at, at + chunk));
      controller.close();
    },
  });
/** Previews a file and imports it as the preview proposes; `agent` where the file names none. */
async function imported(text: string): Promise<ImportProgress> {
  const preview = await previewImport(operator, bytes(text), undefined, NOW);
  const mapping = { agent: { is: 'refund-desk' }, ...preview.mapping };
  const options = importOptionsSchema.parse({ mapping, delimiter: preview.delimiter, kind: preview.kind });
  return last(importSignals(operator, streamOf(text), { ...options, fileName: 'x.csv' }, NOW));
}
async function last(steps: AsyncGenerator<ImportProgress>): Promise<ImportProgress> {
  let step: ImportProgress | undefined;
  for await (const each of steps) step = each;
  if (step === undefined) throw new Error('The import said nothing.');
  return step;
}
const stored = async () =>
  (
    await db().query(
      'SELECT family, metric, value, unit, source, label, external_id AS id, at FROM signal WHERE workspace_id = $1 ORDER BY at, id',
      [workspaceId],
    )
  ).rows;

describe('a file of signals', () => {
  it('of Zendesk is recognised, with a byte-order mark, semicolons and quotes; who has not rated is passed over', async () => {
    const text =
      '\ufeffId;Subject;"Satisfaction Score";"Updated at";Comment\r\n' +
      '1;"Refund; where is it?";Good;2026-06-01 10:00:00;"Very ""quick"""\r\n' +
      '2;"Line one\nline two";Bad;2026-06-02 10:00:00;\r\n' +
      '3;Open;Offered;2026-06-03 10:00:00;\r\n' +
      '4;Open;;2026-06-03 10:00:00;\r\n';
    const preview = await previewImport(operator, bytes(text), undefined, NOW);
    expect(preview).toMatchObject({
      kind: 'zendesk',
      delimiter: ';',
      mapping: { metric: { is: 'csat' }, id: { from: 'Id' } },
    });
    expect(preview.rows.map(({ reads }) => reads)).toEqual([
      'Refused. Say which agent or which run it is of.',
      'Refused. Say which agent or which run it is of.',
      'Passed over. "Offered" says that nobody has rated.',
      'Passed over. It says nothing under "Satisfaction Score".',
    ]);
    expect(preview.rows.map(({ refused }) => refused)).toEqual([true, true, false, false]);
    expect(await imported(text)).toMatchObject({
      rows: 4,
      recorded: 2,
      skipped: 2,
      refused: 0,
      done: true,
      error: null,
    });
    expect(await stored()).toMatchObject([
      { family: 'feedback', metric: 'csat', value: 1, label: 'Good', source: 'zendesk', id: '1' },
      { value: 0, label: 'Bad', id: '2' },
    ]);
    const { rows } = await db().query(
      `SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = 'signal.imported'`,
      [workspaceId],
    );
    expect(rows).toMatchObject([{ detail: { file: 'x.csv', rows: 4, recorded: 2 } }]);
  });

  it('of ServiceNow is recognised by its columns, and what is still open says nothing', async () => {
    const text =
      'number,short_description,close_code,resolved_at,correlation_id\n' +
      'INC001,Card,Solved (Permanently),2026-06-01 10:00:00,run-1\n' +
      'INC002,Card,Not Solved (Not Reproducible),2026-06-01 11:00:00,\n' +
      'INC003,Card,,,\n';
    expect(await imported(text)).toMatchObject({ recorded: 2, skipped: 1, waiting: 1 });
    expect(await stored()).toMatchObject([
      { family: 'outcome', metric: 'resolved', value: 1, source: 'servicenow', id: 'INC001' },
      { value: 0, id: 'INC002' },
    ]);
  });

  it('sent again adds nothing, and a changed row is a correction', async () => {
    const text = 'metric,value,family\ncsat,1,feedback\ncsat,1,feedback\ncsat,0,feedback\n';
    expect(await imported(text)).toMatchObject({ recorded: 3, duplicates: 0 });
    expect(await imported(text)).toMatchObject({ recorded: 0, duplicates: 3 });
    const named = (value: string) => `id,metric,value,family\nT1,csat,${value},feedback\n`;
    await imported(named('1'));
    expect(await imported(named('0'))).toMatchObject({ corrected: 1 });
  });

  it('keeps its good rows, and says of each other on which line it stands and what is wrong', async () => {
    const text =
      'metric,value,family,at\ncsat,"0,9",feedback,2026-06-01\ncsat,NaN,feedback,2026-06-01\ncsat,1,feedback,01/02/2026\n' +
      'csat,53,feedback,2026-06-01\ncsat,1,feedback,2100-01-01\ncsat,1\ncsat,80 %,feedback,2026-06-01\n';
    const result = await imported(text);
    expect(result).toMatchObject({ rows: 7, recorded: 2, refused: 5 });
    expect(
      [...result.problems]
        .sort((a, b) => a.line - b.line)
        .map(({ line, reason }) => [line, reason.slice(0, 34)]),
    ).toEqual([
      [3, '"NaN" under "value" is neither a n'],
      [4, '"01/02/2026" is not a time that ca'],
      [5, 'value: 53 is off the scale of qual'],
      [6, expect.stringContaining('at: 2100-01-01')],
      [7, 'It has 2 fields, and the header ha'],
    ]);
    expect((await stored()).map(({ value, unit }) => [value, unit]).sort()).toEqual([
      [0.9, null],
      [80, '%'],
    ]);
  });

  it('that breaks off says where, and can be sent again when it is mended', async () => {
    const text = 'metric,value,family\ncsat,1,feedback\ncsat,"0';
    const mapping = { metric: { from: 'metric' }, family: { from: 'family' }, value: { from: 'value' } };
    const options = importOptionsSchema.parse({
      mapping: { ...mapping, agent: { is: 'refund-desk' } },
      delimiter: ',',
    });
    const steps = importSignals(operator, streamOf(text), { ...options, fileName: null }, NOW);
    expect(await last(steps)).toMatchObject({
      done: true,
      error: expect.stringContaining('line 3 on: a quote is not closed'),
    });
    expect(await imported(text.replace('"0', '0,feedback'))).toMatchObject({
      rows: 2,
      refused: 0,
      error: null,
    });
  });

  it('stands in the audit log also when whoever sent it went away in the middle', async () => {
    const text = `metric,value,family\n${'csat,1,feedback\n'.repeat(2500)}`;
    const mapping = { metric: { from: 'metric' }, family: { from: 'family' }, value: { from: 'value' } };
    const options = importOptionsSchema.parse({
      mapping: { ...mapping, agent: { is: 'refund-desk' } },
      delimiter: ',',
    });
    const fileName = 'odd\u0000.csv';
    const steps = importSignals(operator, streamOf(text, 4096), { ...options, fileName }, NOW);
    await steps.next();
    await steps.return(undefined);
    const { rows } = await db().query(
      `SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = 'signal.imported'`,
      [workspaceId],
    );
    expect(rows).toMatchObject([
      { detail: { file: 'odd\ufffd.csv', recorded: 1000, error: expect.stringContaining('broke off') } },
    ]);
  });

  it('that is no text, or UTF-16, or empty is refused before anything is read', async () => {
    await expect(previewImport(operator, new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]))).rejects.toThrow(
      'This is no text',
    );
    await expect(previewImport(operator, new Uint8Array([0xff, 0xfe, 65, 0]))).rejects.toThrow('UTF-16');
    await expect(previewImport(operator, bytes(''))).rejects.toThrow('There is nothing in this file');
  });

  it('of any length is read as it is written down: never more than two batches ahead', async () => {
    const filler = 'x'.repeat(2000);
    const rows = 6000;
    let sent = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent === 0) controller.enqueue(bytes('id,metric,value,family,text\n'));
        controller.enqueue(bytes(`${sent},csat,1,feedback,${filler}\n`));
        sent += 1;
        if (sent === rows) controller.close();
      },
    });
    const options = importOptionsSchema.parse({
      mapping: {
        ...{
          metric: { from: 'metric' },
          family: { from: 'family' },
          value: { from: 'value' },
          id: { from: 'id' },
        },
        agent: { is: 'refund-desk' },
      },
      delimiter: ',',
    });
    const ahead: number[] = [];
    let done: ImportProgress | undefined;
    for await (const step of importSignals(operator, stream, { ...options, fileName: null }, NOW)) {
      ahead.push(sent - step.recorded);
      done = step;
    }
    expect(done).toMatchObject({ rows, recorded: rows, refused: 0, done: true });
    expect(Math.max(...ahead)).toBeLessThan(2000);
  });
});
