import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { startCopy } from '@/lib/db/start-copy';

/** What a column may be given: text as PostgreSQL reads it, or null. */
export type Field = string | number | boolean | null;

/**
 * Writes rows with COPY in text format: several times quicker than an INSERT of as many parameters, or of JSON that the
 * server takes apart. A row that breaks a constraint fails the transaction.
 */
export async function copyRows(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Field[])[],
): Promise<void> {
  const stream = startCopy(client, `COPY ${table} (${columns.join(', ')}) FROM STDIN`);
  const finished = once(stream, 'finish');
  let text = '';
  for (const row of rows) {
    let before = '';
    for (const value of row) {
      text += before + field(value);
      before = '\t';
    }
    text += '\n';
  }
  stream.end(text);
  await finished;
}

/** A text array as PostgreSQL writes it. */
export function textArray(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(value: Field): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (one) => ESCAPES[one] ?? one) : value;
}
