import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';
import {
  type Reader,
  recogniseColumns,
  type SignalMapping,
  SOURCE_KINDS,
  signalMappingSchema,
} from '@/lib/scoring/signal-mapping';
import { appendAudit } from '@/lib/services/audit/append';
import { mapRecord } from './map-records';
import { RowOccurrences } from './row-occurrences';
import { type SignalInput, soundSignal, storable } from './signal-input';
import { recordAnew } from './take-signals';

/** Bytes of a file of signals: more than any export has; read as it comes, so it costs no memory. */
export const MOST_IMPORT_BYTES = 512 * 1024 * 1024;
/** Bytes of the beginning of a file that a preview looks at. */
export const PREVIEW_BYTES = 256 * 1024;
const AT_ONCE = 1000;
const MOST_PROBLEMS = 100;
const PREVIEW_ROWS = 8;
const DELIMITERS = [',', ';', '\t', '|'] as const;

export const importOptionsSchema = z.object({
  mapping: signalMappingSchema,
  delimiter: z.enum(DELIMITERS),
  kind: z.enum(['csv', ...SOURCE_KINDS]).default('csv'),
});
export type ImportOptions = z.output<typeof importOptionsSchema>;

/** Where an import stands; the last one says that it is done, or why it broke off. */
export interface ImportProgress {
  rows: number;
  recorded: number;
  corrected: number;
  duplicates: number;
  /** Rows in which nobody said anything: unrated, or empty. */
  skipped: number;
  refused: number;
  /** Those that wait for a run or an agent that is not known. */
  waiting: number;
  /** Those no criterion reads. */
  unbound: number;
  /** The first hundred rows that were refused, with their line in the file. */
  problems: { line: number; reason: string }[];
  done: boolean;
  /** Why it broke off; what was recorded before that stays, and the file can be sent again. */
  error: string | null;
}

export interface ImportPreview {
  columns: string[];
  delimiter: (typeof DELIMITERS)[number];
  kind: ImportOptions['kind'];
  /** Null: the columns do not say enough; whoever imports chooses. */
  mapping: SignalMapping | null;
  /** How each would be read, or why it would not. */
  rows: { line: number; cells: string[]; reads: string; refused: boolean }[];
}

/**
 * What the beginning of a file of signals holds and how it would be read. Throws `invalid` for what is no table of text.
 *
 * @param mapping how to read it; left out: as the columns propose
 */
export async function previewImport(
  actor: Actor,
  beginning: Uint8Array,
  mapping?: SignalMapping,
  now = new Date(),
): Promise<ImportPreview> {
  authorize(actor, 'signal.record', { workspaceId: actor.workspaceId });
  const text = beginningOf(beginning);
  const delimiter = delimiterOf(text);
  const records: { cells: string[]; line: number }[] = [];
  try {
    // The last line may be cut off.
    const whole =
      beginning.byteLength < PREVIEW_BYTES ? text : text.slice(0, Math.max(0, text.lastIndexOf('\n')));
    for await (const record of recordsOf(Readable.from([Buffer.from(whole)]), delimiter)) {
      records.push(record);
      if (records.length > PREVIEW_ROWS) break;
    }
  } catch (error) {
    throw unreadable(error);
  }
  const [header, ...body] = records;
  if (header === undefined) throw new AppError('invalid', 'There is nothing in this file.');
  const columns = header.cells.map((each) => each.trim());
  const recognised = recogniseColumns(columns);
  const used = mapping ?? recognised?.mapping ?? null;
  return {
    columns,
    delimiter,
    kind: recognised?.kind ?? 'csv',
    mapping: used,
    rows: body.map(({ cells, line }) => ({
      line,
      cells,
      ...(used === null ? { reads: '', refused: false } : readsAs(cells, columns, used, now)),
    })),
  };
}

function readsAs(
  cells: readonly string[],
  columns: readonly string[],
  mapping: SignalMapping,
  now: Date,
): { reads: string; refused: boolean } {
  const refused = (reason: string) => ({ reads: `Refused. ${reason}`, refused: true });
  const mapped = mapRecord(readerOf(cells, columns), mapping);
  if ('skipped' in mapped) return { reads: `Passed over. ${mapped.skipped}`, refused: false };
  if ('reason' in mapped) return refused(mapped.reason);
  const sound = soundSignal(mapped.input, now);
  if ('reason' in sound) return refused(sound.reason);
  const { metric, value, unit, run, agent } = sound;
  if (run === undefined && agent === undefined) return refused('Say which agent or which run it is of.');
  return {
    reads: `${metric} = ${value}${unit === null ? '' : ` ${unit}`}${run === undefined ? '' : `, run ${run}`}${agent === undefined ? '' : `, ${agent}`}`,
    refused: false,
  };
}

/**
 * Imports a file of signals as it comes in, a thousand rows at a time, each committed before the next: a file of any length
 * takes the memory of those, and some twenty bytes for each row that has neither id nor time. Sent again, it adds nothing. Yields
 * after each batch; rows that cannot be read are told with their line.
 */
export async function* importSignals(
  actor: Actor,
  body: ReadableStream<Uint8Array>,
  options: ImportOptions & { fileName: string | null },
  now = new Date(),
): AsyncGenerator<ImportProgress> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.record', { workspaceId });
  const progress: ImportProgress = {
    ...{ rows: 0, recorded: 0, corrected: 0, duplicates: 0, skipped: 0, refused: 0, waiting: 0, unbound: 0 },
    ...{ problems: [], done: false, error: null },
  };
  const told = () => ({ ...progress, problems: [...progress.problems] });
  const seen = new RowOccurrences();
  let columns: string[] | null = null;
  let batch: { input: SignalInput; line: number }[] = [];
  const flush = async () => {
    const lines = batch.map(({ line }) => line);
    const answers = await recordAnew(
      actor,
      batch.map(({ input }) => input),
      { source: options.kind, now },
    );
    batch = [];
    for (const answer of answers) {
      if (answer.result === 'recorded') progress.recorded += 1;
      if (answer.result === 'corrected') progress.corrected += 1;
      if (answer.result === 'duplicate') progress.duplicates += 1;
      if (answer.waitsFor !== null) progress.waiting += 1;
      else if (answer.clause === null && answer.result !== 'refused') progress.unbound += 1;
      if (answer.result === 'refused') problem(progress, lines[answer.index] ?? 0, answer.reason ?? '');
    }
  };
  let ended = false;
  try {
    for await (const { cells, line } of recordsOf(Readable.from(chunksOf(body)), options.delimiter)) {
      if (columns === null) {
        columns = cells.map((each) => each.trim());
        requireColumns(columns, options.mapping);
        continue;
      }
      progress.rows += 1;
      if (cells.length !== columns.length) {
        problem(progress, line, `It has ${cells.length} fields, and the header has ${columns.length}.`);
        continue;
      }
      const mapped = mapRecord(readerOf(cells, columns), options.mapping);
      if ('skipped' in mapped) progress.skipped += 1;
      else if ('reason' in mapped) problem(progress, line, mapped.reason);
      else batch.push({ line, input: withRowId(mapped.input, cells, seen) });
      if (batch.length < AT_ONCE) continue;
      await flush();
      yield told();
    }
    await flush();
    if (columns === null) throw new AppError('invalid', 'There is nothing in this file.');
    ended = true;
  } catch (error) {
    progress.error = unreadable(error).message;
    ended = true;
    // What was read before the fault is kept.
    await flush().catch(() => {});
  } finally {
    // Also when whoever sent it went away: what was recorded before that stays.
    if (!ended) progress.error = BROKE_OFF;
    await auditImport(actor, options, progress);
  }
  progress.done = true;
  yield told();
}

const BROKE_OFF =
  'The upload broke off before its end. What came before is kept; send it again, nothing counts twice.';

async function auditImport(
  actor: Actor,
  { fileName, kind }: { fileName: string | null; kind: string },
  { rows, recorded, corrected, refused, error }: ImportProgress,
): Promise<void> {
  const { workspaceId } = actor;
  const detail = {
    file: fileName === null ? null : storable(fileName.slice(0, 200)),
    source: kind,
    ...{ rows, recorded, corrected, refused },
    ...(error === null ? {} : { error }),
  };
  const subject = `workspace:${workspaceId}`;
  await transact((client) =>
    appendAudit(client, [{ workspaceId, actor, action: 'signal.imported', subject, detail }]),
  );
}

function problem(progress: ImportProgress, line: number, reason: string): void {
  progress.refused += 1;
  if (progress.problems.length < MOST_PROBLEMS) progress.problems.push({ line, reason });
}

/** A row without an id or a time goes by what stands in it, and by which such row of the file it is. */
function withRowId(input: SignalInput, cells: readonly string[], seen: RowOccurrences): SignalInput {
  if (input.externalId !== undefined || input.at !== undefined) return input;
  const digest = sha256Hex(JSON.stringify(cells)).slice(0, 32);
  return { ...input, externalId: `row:${digest}:${seen.next(digest)}` };
}

async function* recordsOf(
  stream: Readable,
  delimiter: string,
): AsyncGenerator<{ cells: string[]; line: number }> {
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 1024 * 1024,
    info: true,
  });
  stream.on('error', (error) => parser.destroy(error));
  stream.pipe(parser);
  const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });
  try {
    for await (const each of parser) {
      const { record, info } = recordSchema.parse(each);
      yield { cells: record, line: info.lines };
    }
  } finally {
    stream.unpipe(parser);
    stream.destroy();
  }
}

/** The body, no further than a file may be long. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
      if (size > MOST_IMPORT_BYTES)
        throw new AppError('too_large', 'A file may have 512 MiB. Split it; what came before is kept.');
      yield value;
    }
  } finally {
    // Also when nobody wants the rest.
    await reader.cancel().catch(() => {});
  }
}

function readerOf(cells: readonly string[], columns: readonly string[]): Reader {
  return (from) => {
    const index = columns.indexOf(from);
    return index === -1 ? null : (cells[index]?.trim() ?? null);
  };
}

function requireColumns(columns: readonly string[], mapping: SignalMapping): void {
  for (const field of Object.values(mapping))
    if (
      typeof field === 'object' &&
      'from' in field &&
      typeof field.from === 'string' &&
      !columns.includes(field.from)
    )
      throw new AppError('invalid', `The file has no column "${field.from}".`);
}

function beginningOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new AppError('invalid', 'This file is in UTF-16. Save it as CSV in UTF-8.');
  if (bytes.subarray(0, 4096).includes(0))
    throw new AppError('invalid', 'This is no text. Export a CSV file; workbooks (.xlsx) are not read.');
  return new TextDecoder('utf-8').decode(bytes).replace(/^\ufeff/, '');
}

function delimiterOf(text: string): (typeof DELIMITERS)[number] {
  const header = text.split(/\r\n|\n|\r/, 1)[0] ?? '';
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const count = (each: string) => bare.split(each).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function unreadable(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof CsvError)
    return new AppError(
      'invalid',
      `It cannot be read as CSV from line ${'lines' in error ? String(error.lines) : '?'} on: a quote is not closed, or a record is longer than 1 MiB. Mend it and import it again: nothing counts twice.`,
    );
  if (error instanceof Error && /aborted|premature|terminated/i.test(error.message))
    return new AppError('invalid', BROKE_OFF);
  throw error;
}
