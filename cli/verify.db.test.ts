import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { auditQuerySchema } from '@/lib/services/audit/audit-query';
import { exportRecord } from '@/lib/services/audit/export-record';
import { listInstanceKeys } from '@/lib/services/instance-keys/list-keys';
import { rotateInstanceKey } from '@/lib/services/instance-keys/rotate-key';
import { getReceipt } from '@/lib/services/receipts/get-receipts';
import { makeReceipt } from '@/lib/services/receipts/make-receipt';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { bundleCli } from './bundle.mjs';

const hasTools =
  spawnSync('python3', ['--version']).status === 0 &&
  /^OpenSSL 3/.test(spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '');

let folder = '';
let record = '';
let receipt = '';
let key = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-verify-'));
  const workspace = await givenWorkspace();
  const head = await givenPerson(workspace, ['head-of-ai']);
  const run = await givenRun(workspace, await givenAgent(workspace, aContract()), { key: 'case-7' });
  const append = () =>
    appendAudit(
      db(),
      Array.from({ length: 12 }, (_, index) => ({
        workspaceId: workspace.id,
        actor: workspace.system,
        action: 'run.paused',
        subject: `run:${index}`,
        detail: { reason: `overrun – “é” ${index}`, index, share: 1e-7 },
      })),
    );
  const read = async () => {
    let text = '';
    for await (const piece of exportRecord(head, auditQuerySchema.parse({}))) text += piece;
    return text;
  };
  await append();
  await read();
  // Checkpoints of two keys, as after years.
  const [first] = await listInstanceKeys(head);
  await rotateInstanceKey(head, { retiring: first?.id ?? '', reason: 'yearly' });
  await append();
  record = await read();
  const [now] = await listInstanceKeys(head);
  key = createPublicKey({ key: Buffer.from(now?.publicKey ?? '', 'base64'), format: 'der', type: 'spki' })
    .export({ format: 'pem', type: 'spki' })
    .toString();
  await writeFile(join(folder, 'instance.pem'), key);
  const { id } = await makeReceipt(head, { runId: run.id });
  receipt = JSON.stringify((await getReceipt(head, { runId: run.id, id })).envelope, null, 2);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Exit code and output of a program given a record and the key. */
async function ran(
  program: string,
  before: readonly string[],
  text: string | Buffer,
  after: readonly string[],
) {
  const file = join(folder, `record-${Math.floor(performance.now() * 1e6)}.jsonl`);
  await writeFile(file, text);
  return new Promise<{ code: number; output: string }>((done) => {
    const child = execFile(program, [...before, file, ...after], (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

/** The record with one byte changed, at this share of its length. */
function changedAt(share: number): Buffer {
  const bytes = Buffer.from(record);
  const at = Math.min(bytes.length - 1, Math.floor(bytes.length * share));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

describe.skipIf(!hasTools)('the lines of the documentation, with openssl and Python alone', () => {
  const python = async (text: string | Buffer) => {
    const page = await readFile('docs/verify.md', 'utf8');
    const script = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    await writeFile(join(folder, 'verify.py'), script);
    return ran('python3', [join(folder, 'verify.py')], text, [join(folder, 'instance.pem')]);
  };

  test('verify a real export', { timeout: 60_000 }, async () => {
    const { code, output } = await python(record);
    expect(output).toMatch(/^27 entries, as the instance signed them on /);
    expect(code).toBe(0);
  });

  test('refuse one in which a byte was changed, wherever it is', { timeout: 120_000 }, async () => {
    for (let share = 0; share <= 1; share += 0.125) {
      const { code, output } = await python(changedAt(share));
      expect(code, `${share}: ${output}`).toBe(1);
    }
  });

  test('refuse one whose tail was cut off, or that lacks a line', { timeout: 60_000 }, async () => {
    const lines = record.trimEnd().split('\n');
    expect((await python(`${lines.slice(0, -1).join('\n')}\n`)).output).toMatch(/cut off/);
    const entry = lines.findIndex((line) => line.includes('"seq":5}'));
    expect((await python(`${lines.toSpliced(entry, 1).join('\n')}\n`)).output).toMatch(/entry 5 is not/);
  });
});

describe('npx countersign verify', () => {
  let cli = '';
  beforeAll(async () => {
    cli = await bundleCli(join(folder, 'cli'));
  }, 60_000);
  const verify = (text: string | Buffer, ...more: string[]) =>
    ran(process.execPath, [cli, 'verify'], text, more);

  test('answers 0 for a record that holds, and says whose key it is', { timeout: 60_000 }, async () => {
    const trusted = await verify(record, '--key', join(folder, 'instance.pem'));
    expect(trusted.output).toMatch(/27 entries[\s\S]*the key given\nThe record verifies\./);
    expect(trusted.code).toBe(0);
    const own = await verify(record);
    expect(own).toMatchObject({ code: 0, output: expect.stringContaining('only its own word') });
  });

  test('answers 1 for one in which a byte was changed, naming the line', { timeout: 60_000 }, async () => {
    for (const share of [0.1, 0.5, 0.9]) {
      const bytes = changedAt(share);
      const line = bytes
        .subarray(0, Math.floor(bytes.length * share))
        .toString('latin1')
        .split('\n').length;
      const { code, output } = await verify(bytes, '--json');
      expect(code, output).toBe(1);
      expect(JSON.parse(output)).toMatchObject({ verified: false, fault: { line } });
    }
  });

  test('answers 2 for a file or a key that cannot be read', { timeout: 60_000 }, async () => {
    const { code, output } = await verify(record, '--key', join(folder, 'none.pem'));
    expect(code, output).toBe(2);
    await writeFile(join(folder, 'empty.pem'), 'nothing');
    expect((await verify(record, '--key', join(folder, 'empty.pem'))).output).toMatch(/no public key/);
    const missing = spawnSync(process.execPath, [cli, 'verify', join(folder, 'none.jsonl')], {
      encoding: 'utf8',
    });
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no such file') });
  });

  test('reads a large record in several places at once and finds the same', {
    timeout: 120_000,
  }, async () => {
    const { anExport } = await import('@/lib/evidence/testing/an-export');
    const large = anExport({ entries: 45_000, checkpointEvery: 1000 });
    const lines = large.text.split('\n');
    expect((await verify(large.text, '--json')).output).toContain('"entries": 45000');
    for (const seq of [10, 22_500, 44_000]) {
      const at = lines.findIndex((each) => each.endsWith(`,"seq":${seq}}`));
      const { code, output } = await verify(lines.toSpliced(at, 1).join('\n'), '--json');
      expect(code).toBe(1);
      expect(JSON.parse(output).fault).toMatchObject({ line: at + 1, seq, code: 'missing' });
    }
  });

  test('verifies the receipt of a run, and answers 1 when a byte of it was changed', {
    timeout: 60_000,
  }, async () => {
    const pem = ['--key', join(folder, 'instance.pem')];
    const held = await verify(receipt, ...pem);
    expect(held.output).toMatch(
      /: run case-7 of refund-desk, Acme\n[\s\S]*the key given\nThe receipt verifies\./,
    );
    expect(held.code).toBe(0);
    expect(await verify(receipt)).toMatchObject({
      code: 0,
      output: expect.stringContaining('only its own word'),
    });
    const bytes = Buffer.from(receipt);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    const changed = await verify(bytes, '--json');
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.output)).toMatchObject({ verified: false });
  });
});
