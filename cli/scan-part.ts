/** A worker of `verify`: scans one part of a large export and posts what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { LinkScanner } from '@/lib/evidence/scan-links';
import { piecesOf } from './read-pieces';
import type { FoundInPart, Part, PartEvent } from './verify-parts';

// Given by verifyInParts, whose type says what it is: a schema would take longer to load than most parts to scan.
const { path, from, to, seq, hash }: Part & { path: string } = workerData;

const events: PartEvent[] = [];
const scanner = new LinkScanner(
  { line: 0, seq, hash },
  {
    record(place, bytes) {
      events.push({ kind: 'record', place, bytes: Uint8Array.from(bytes) });
      return null;
    },
    told(place, text) {
      events.push({ kind: 'told', place, text });
      return null;
    },
  },
);
for (const piece of piecesOf(path, from, to)) {
  scanner.push(piece);
  if (scanner.fault !== null) break;
}
const found: FoundInPart = {
  events,
  well: scanner.fault === null,
  place: scanner.place,
  unfinished: scanner.unfinished,
};
parentPort?.postMessage(found);
