import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { RUN_SORTS, type RunSort } from './run-filters';

/** Where a page of runs begins or ends: the sort, the exact text of its value, and the run's id as tie-breaker. */
export interface RunCursor {
  sort: RunSort;
  order: 'asc' | 'desc';
  /** As PostgreSQL writes it, so that nothing is lost between microseconds and JavaScript's milliseconds. */
  value: string;
  id: string;
}

const schema = z.tuple([z.enum(RUN_SORTS), z.enum(['asc', 'desc']), z.string().max(80), z.uuid()]);

export function encodeCursor(cursor: RunCursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.order, cursor.value, cursor.id])).toString(
    'base64url',
  );
}

/** Throws `invalid` when the text is no cursor, or one of another sort order. */
export function decodeCursor(text: string, sort: RunSort, order: 'asc' | 'desc'): RunCursor {
  const damaged = () =>
    new AppError('invalid', 'This link to a page of runs no longer fits. Start again from the first page.');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw damaged();
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw damaged();
  const [ofSort, ofOrder, value, id] = parsed.data;
  const fits =
    ofSort === 'started'
      ? z.iso.datetime().safeParse(value).success
      : value !== '' && Number.isFinite(Number(value));
  if (ofSort !== sort || ofOrder !== order || !fits) throw damaged();
  return { sort: ofSort, order: ofOrder, value, id };
}
