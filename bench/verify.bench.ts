/**
 * How fast `countersign verify` goes through an export of a large audit log, held against a bare loop that only takes the
 * SHA-256 of each of its lines. Both are processes of their own, read the same file and are timed from start to end.
 */
import { spawn } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CHECKPOINT_EVERY, CHECKPOINT_TYPE, checkpointText, entryText } from '@/lib/evidence/chain';
import { sha256Hex } from '@/lib/evidence/digest';
import { envelopeOf, signEnvelope } from '@/lib/evidence/dsse';
import {
  EXPORT_FORMAT,
  EXPORT_TYPE,
  endText,
  type RecordKind,
  recordLine,
} from '@/lib/evidence/export-lines';
import { CHAIN_START, entryLine, linkHash } from '@/lib/evidence/links';
import { aKey } from '@/lib/evidence/testing/an-export';
import { bundleCli } from '../cli/bundle.mjs';
import type { Line } from './support/line';

const ENTRIES = 600_000;
const ROUNDS = 3;
const WORKSPACE = '01a1fd00-0000-7000-8000-000000000001';
const AT = '2026-11-21T15:00:00.000Z';

/** Writes an export as large as years of a busy workspace; answers its bytes. */
async function writeExport(path: string): Promise<number> {
  const key = aKey();
  const enveloped = (type: string, payload: string) =>
    envelopeOf(type, payload, [
      signEnvelope(type, payload, { id: key.id, sign: (bytes) => sign(null, bytes, key.privateKey) }),
    ]);
  const records = createHash('sha256');
  let [n, lines] = [0, 0];
  const record = (kind: RecordKind, value: unknown) => {
    n += 1;
    lines += 1;
    const line = recordLine(kind, n, value);
    records.update(line);
    return line;
  };
  const file = createWriteStream(path);
  const write = async (text: string) => {
    if (!file.write(text)) await once(file, 'drain');
  };
  await write(
    record('export', {
      format: EXPORT_FORMAT,
      workspace: { id: WORKSPACE, name: 'Bench' },
      at: AT,
      signedBy: key.id,
      filter: null,
    }) + record('key', { id: key.id, publicKey: key.spki, createdAt: AT, retiredAt: null }),
  );
  let hash = CHAIN_START;
  let text = '';
  for (let seq = 1; seq <= ENTRIES; seq += 1) {
    const entry = entryText({
      action: 'run.paused',
      actor: 'person:01a1fd00-0000-7000-8000-000000000007',
      actorName: 'Priya Nair',
      at: `2026-11-21T15:00:00.${String(seq % 1_000_000).padStart(6, '0')}Z`,
      detail: { clause: 'cost/perRun', reason: `cost overrun in run ${seq}` },
      id: seq,
      subject: 'run:01a1fd00-0000-7000-8000-000000000002',
      workspace: WORKSPACE,
    });
    hash = linkHash(hash, sha256Hex(entry));
    text += entryLine(entry, { hash, seq });
    lines += 1;
    if (seq % CHECKPOINT_EVERY !== 0) continue;
    text += record(
      'checkpoint',
      enveloped(CHECKPOINT_TYPE, checkpointText({ workspace: WORKSPACE, seq, hash, at: AT })),
    );
    await write(text);
    text = '';
  }
  const end = { workspace: WORKSPACE, at: AT, lines, records: records.digest('hex'), seq: ENTRIES, hash };
  await write(recordLine('end', n + 1, enveloped(EXPORT_TYPE, endText(end))));
  file.end();
  await once(file, 'close');
  return (await stat(path)).size;
}

/** Seconds of a run of the script, and what it printed. Throws unless it exits with 0. */
async function timed(script: string, ...args: string[]): Promise<{ seconds: number; output: string }> {
  const began = performance.now();
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}: ${output}`);
  return { seconds: (performance.now() - began) / 1000, output };
}

const verifiedSchema = z.object({ verified: z.literal(true), entries: z.literal(ENTRIES) });

async function run(): Promise<Line[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  try {
    const file = join(folder, 'record.jsonl');
    const megabytes = (await writeExport(file)) / 1e6;
    const cli = await bundleCli(join(folder, 'cli'));
    const bare = fileURLToPath(new URL('support/hash-lines.mjs', import.meta.url));
    let [ours, reference] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < ROUNDS; round += 1) {
      reference = Math.min(reference, (await timed(bare, file)).seconds);
      const verified = await timed(cli, 'verify', file, '--json');
      verifiedSchema.parse(JSON.parse(verified.output));
      ours = Math.min(ours, verified.seconds);
    }
    return [
      {
        what: `verifying an export of ${ENTRIES} entries; reference: only the SHA-256 of each line`,
        ours: megabytes / ours,
        reference: megabytes / reference,
        unit: 'MB/s',
        ratio: reference / ours,
        goal: 0.6,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const measure = { name: 'verify', run };
