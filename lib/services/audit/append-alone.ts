import { db } from '@/lib/db/pool';
import { type AuditRecord, appendAudit } from './append';

interface Waiting {
  readonly record: AuditRecord;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Entries written by one statement at most. */
const MAX_BATCH = 500;
/** Statements at once: while one is with the database, the next takes what has arrived. */
const MAX_WRITING = 2;

let queue: Waiting[] = [];
let writing = 0;

/**
 * Appends an entry that belongs to no transaction: a refused proof, an export. Returns once it is committed. What arrives
 * while one commit runs is written by the next in a single statement, so that a flood of refusals costs the database a
 * commit for many and not one for each. Throws what the database says of this very entry.
 */
export function appendAlone(record: AuditRecord): Promise<void> {
  return new Promise((done, failed) => {
    queue.push({ record, done, failed });
    if (writing < MAX_WRITING) void write();
  });
}

async function write(): Promise<void> {
  writing += 1;
  while (queue.length > 0) {
    const batch = queue.slice(0, MAX_BATCH);
    queue = queue.slice(MAX_BATCH);
    await append(batch);
  }
  writing -= 1;
}

/** Never throws. One entry that the database refuses must not take down those it shared a statement with. */
async function append(batch: readonly Waiting[]): Promise<void> {
  try {
    await appendAudit(
      db(),
      batch.map((waiting) => waiting.record),
    );
    for (const waiting of batch) waiting.done();
  } catch (error) {
    const [only, ...more] = batch;
    if (more.length === 0) only?.failed(error);
    else for (const waiting of batch) await append([waiting]);
  }
}
