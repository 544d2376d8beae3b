import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatBytes } from '@/lib/format';
import { issueInWords } from '@/lib/issue-words';
import { findAgent } from '@/lib/services/agents/find-agent';
import { checkFile } from './check-file';
import { subjectOf } from './evidence-subject';
import { recordEvidence } from './record-evidence';

/** Whom it is for: an agent, and where it speaks of one a version of its contract (a number or a digest). */
export interface AttachTo {
  agent: string;
  version?: number | string | undefined;
}

const title = z.string().trim().max(200, 'At most 200 characters.').default('');
const note = z.string().trim().max(10_000, 'At most 10,000 characters.');

/**
 * A web address that people may open: https, with a host name and without a user's name or password in it.
 */
const link = z
  .string()
  .trim()
  .max(2000, 'At most 2,000 characters.')
  .refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:', {
    message: 'Enter an address that begins with https://.',
  })
  .refine((text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''), {
    message: 'Leave the user name and password out of the address: everybody here would see them.',
  });

const linkSchema = z.strictObject({ title, url: link, note: note.default('') });
const noteSchema = z.strictObject({ title, note: note.min(1, 'Write the note.') });

/**
 * Keeps a file beside the evidence; the same bytes twice are stored once. Throws `unsupported_media` for types that are not
 * taken or that lie, `too_large`, `not_found`.
 */
export async function attachFile(
  actor: Actor,
  to: AttachTo,
  file: { name: string; bytes: Uint8Array; title?: string },
): Promise<{ id: string; digest: string; name: string }> {
  const about = await subject(actor, to);
  const checked = await checkFile(file.name, file.bytes);
  const named = fitting(title, file.title ?? '') || checked.name;
  const recorded = await transact((client) =>
    recordEvidence(client, actor, {
      ...about,
      kind: 'attachment',
      title: named,
      outcome: 'given',
      summary: `${checked.name}, ${formatBytes(checked.bytes.byteLength)}`,
      detail: {},
      producedAt: new Date(),
      origin: 'attached',
      file: checked,
    }),
  );
  return { ...recorded, name: checked.name };
}

/** Keeps a link beside the evidence: https only. Throws `invalid`, `not_found`. */
export async function attachLink(
  actor: Actor,
  to: AttachTo,
  given: unknown,
): Promise<{ id: string; digest: string }> {
  const about = await subject(actor, to);
  const input = fitting(linkSchema, given);
  const { href, host } = new URL(input.url);
  return transact((client) =>
    recordEvidence(client, actor, {
      ...about,
      kind: 'attachment',
      title: input.title || host,
      outcome: 'given',
      summary: input.note === '' ? `Link to ${host}` : input.note.slice(0, 300),
      detail: { url: href, note: input.note },
      producedAt: new Date(),
      origin: 'attached',
      url: href,
    }),
  );
}

/** Keeps a note beside the evidence. Throws `invalid`, `not_found`. */
export async function attachNote(
  actor: Actor,
  to: AttachTo,
  given: unknown,
): Promise<{ id: string; digest: string }> {
  const about = await subject(actor, to);
  const input = fitting(noteSchema, given);
  return transact((client) =>
    recordEvidence(client, actor, {
      ...about,
      kind: 'attachment',
      title: input.title || 'Note',
      outcome: 'given',
      summary: input.note.length > 300 ? `${input.note.slice(0, 299)}…` : input.note,
      detail: { note: input.note },
      producedAt: new Date(),
      origin: 'attached',
    }),
  );
}

async function subject(
  actor: Actor,
  to: AttachTo,
): Promise<{ agentId: string; contractVersionId: string | null }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  if (to.version === undefined)
    return { agentId: (await findAgent(actor, to.agent)).id, contractVersionId: null };
  const { agent, version } = await subjectOf(actor, to.agent, to.version);
  return { agentId: agent.id, contractVersionId: version.id };
}

function fitting<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new AppError('invalid', 'Something in the form is not right yet.', {
    issues: parsed.error.issues.map((issue) => issueInWords(issue)),
  });
}
