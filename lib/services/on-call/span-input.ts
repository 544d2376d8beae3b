import type { PoolClient } from 'pg';
import { z } from 'zod';
import { notRight } from './schedule-input';

const DAY = 86_400_000;

/** A time as a form gives it, ISO. */
export interface SpanInput {
  from: string;
  to: string;
}

/**
 * A time ahead: what has passed cannot be changed any more, so one that began begins now. Throws `invalid` at `from` or `to`
 * for what is no time, ends before it begins, is over, or lasts longer than `longestDays`.
 */
export function readSpan(input: SpanInput, now: Date, longestDays: number): { from: Date; to: Date } {
  const read = (value: string) =>
    z.iso.datetime({ offset: true }).safeParse(value).success ? Date.parse(value) : Number.NaN;
  const begins = read(input.from);
  const ends = read(input.to);
  if (Number.isNaN(begins)) throw notRight([{ path: 'from', message: 'Say when it begins.' }]);
  if (Number.isNaN(ends)) throw notRight([{ path: 'to', message: 'Say when it ends.' }]);
  if (ends <= begins) throw notRight([{ path: 'to', message: 'It ends before it begins.' }]);
  if (ends <= now.getTime()) throw notRight([{ path: 'to', message: 'It would be over already.' }]);
  const from = Math.max(begins, now.getTime());
  if (ends - from > longestDays * DAY)
    throw notRight([{ path: 'to', message: `At most ${longestDays} days at once.` }]);
  if (from > now.getTime() + 2 * 366 * DAY)
    throw notRight([{ path: 'from', message: 'That is more than two years ahead.' }]);
  return { from: new Date(from), to: new Date(ends) };
}

/** The name and zone of an active member. Throws `invalid` at `personId`. */
export async function memberOf(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  personId: string,
): Promise<{ id: string; name: string; zone: string }> {
  const { rows } = await client.query<{ id: string; name: string; zone: string }>(
    `SELECT p.id, p.name, w.time_zone AS zone FROM membership m JOIN person p ON p.id = m.person_id
       JOIN workspace w ON w.id = m.workspace_id
      WHERE m.workspace_id = $1 AND p.id::text = $2 AND p.disabled_at IS NULL`,
    [workspaceId, personId],
  );
  if (rows[0] === undefined)
    throw notRight([{ path: 'personId', message: 'That person is not in this workspace.' }]);
  return rows[0];
}
