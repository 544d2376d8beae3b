import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LinkScanner, SCAN_START, type ScanPlace } from '@/lib/evidence/scan-links';
import type { VerifiedExport } from '@/lib/evidence/verify-export';
import { piecesOf } from './read-pieces';

export type PartEvent =
  | { kind: 'record'; place: ScanPlace; bytes: Uint8Array }
  | { kind: 'told'; place: ScanPlace; text: string };

/** What a worker found; lines are counted from the part's first. */
export interface FoundInPart {
  events: PartEvent[];
  well: boolean;
  place: ScanPlace;
  unfinished: number;
}

/** What a worker is given, besides the file's path. */
export interface Part {
  /** Bytes of the file, `to` not included. */
  from: number;
  to: number;
  /** The link before it, as the line before it states: whoever scans that part verifies it. */
  seq: number;
  hash: string;
}

/** A smaller file is read before a worker has started. */
const WORTH_BYTES = 16 * 1024 * 1024;
const MOST_PARTS = 4;
/** How far around a part's beginning its first line and the link before it are looked for. */
const AROUND_BYTES = 2 * 1024 * 1024;
const LINK_END = /,"hash":"([0-9a-f]{64})","seq":(\d{1,15})\}$/;

/**
 * Verifies a large export in several places at once: a link depends only on the hash that the line before it states.
 * Null when the file is small, cannot be divided, or is not well; then one pass from its beginning says what and where.
 */
export async function verifyInParts(
  path: string,
  size: number,
  trusted: ReadonlySet<string>,
): Promise<VerifiedExport | null> {
  const script = new URL('./scan-part.mjs', import.meta.url);
  const count = Math.min(availableParallelism(), MOST_PARTS);
  if (size < WORTH_BYTES || count < 2 || !existsSync(script)) return null;
  const parts = await partsOf(path, size, count);
  if (parts.length === 0) return null;
  const workers = parts.map((part) => new Worker(script, { workerData: { path, ...part } }));
  try {
    const found = Promise.all(workers.map(answerOf));
    // What a worker fails at meanwhile is seen when it is awaited.
    found.catch(() => {});
    // While the workers read already: it is most of what there is to load.
    const { RecordVerifier } = await import('@/lib/evidence/verify-export');
    const records = new RecordVerifier(trusted);
    const first = new LinkScanner(SCAN_START, records);
    for (const piece of piecesOf(path, 0, parts[0]?.from ?? size)) {
      first.push(piece);
      if (first.fault !== null) return null;
    }
    let { place, unfinished } = first;
    for (const [index, part] of (await found).entries()) {
      const claimed = parts[index];
      if (claimed?.seq !== place.seq || claimed.hash !== place.hash || unfinished > 0 || !part.well)
        return null;
      const { line } = place;
      for (const event of part.events) {
        const at = { ...event.place, line: event.place.line + line };
        const fault =
          event.kind === 'record'
            ? records.record(at, Buffer.from(event.bytes))
            : records.told(at, event.text);
        if (fault !== null) return null;
      }
      place = { ...part.place, line: part.place.line + line };
      ({ unfinished } = part);
    }
    const result = records.finish(place, unfinished);
    return 'verified' in result ? result.verified : null;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function answerOf(worker: Worker): Promise<FoundInPart> {
  return new Promise((done, fail) => {
    worker.once('message', done);
    worker.once('error', fail);
    worker.once('exit', () => fail(new Error('A worker ended without an answer.')));
  });
}

/** Where the file can be divided: at lines whose line before is a link. The first part is left out: it begins at 0. */
async function partsOf(path: string, size: number, count: number): Promise<Part[]> {
  const file = await open(path);
  try {
    const starts: Omit<Part, 'to'>[] = [];
    for (let part = 1; part < count; part += 1) {
      const start = await startNear(file, Math.floor((size / count) * part));
      if (start !== null && start.from > (starts.at(-1)?.from ?? 0)) starts.push(start);
    }
    return starts.map((start, index) => ({ ...start, to: starts[index + 1]?.from ?? size }));
  } finally {
    await file.close();
  }
}

async function startNear(file: FileHandle, offset: number): Promise<Omit<Part, 'to'> | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(AROUND_BYTES), 0, AROUND_BYTES, offset);
  const bytes = buffer.subarray(0, bytesRead);
  let from = bytes.indexOf(10) + 1;
  for (let to = bytes.indexOf(10, from); from > 0 && to >= 0; to = bytes.indexOf(10, from)) {
    const link = LINK_END.exec(bytes.toString('latin1', Math.max(from, to - 120), to));
    from = to + 1;
    if (link?.[1] !== undefined) return { from: offset + from, seq: Number(link[2]), hash: link[1] };
  }
  return null;
}
