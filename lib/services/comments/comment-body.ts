import type { PoolClient } from 'pg';
import { z } from 'zod';
import { mentionedIn } from '@/lib/comment-text';
import { AppError } from '@/lib/errors';

export const MOST_CHARACTERS = 4000;

/** What a person may write: plain text of one to 4,000 characters. */
export const bodySchema = z
  .string()
  .transform((text) => text.replace(/\r\n?/g, '\n').trim())
  .pipe(
    z
      .string()
      .min(1, 'Write something first.')
      .max(MOST_CHARACTERS, `At most ${MOST_CHARACTERS.toLocaleString('en')} characters.`)
      .refine(
        (text) => !text.includes('\0') && text.isWellFormed(),
        'This holds characters that are not text.',
      ),
  );

/** Reads a body; throws `invalid` with the issue on the field `body`. */
export function readBody(text: string): string {
  const read = bodySchema.safeParse(text);
  if (read.success) return read.data;
  const message = read.error.issues[0]?.message ?? 'This cannot be sent.';
  throw new AppError('invalid', message, { issues: [{ path: 'body', message }] });
}

/** The members whose names stand after an @. */
export async function mentionsOf(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  body: string,
): Promise<string[]> {
  if (!body.includes('@')) return [];
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT p.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL`,
    [workspaceId],
  );
  return mentionedIn(body, rows).map((person) => person.id);
}
