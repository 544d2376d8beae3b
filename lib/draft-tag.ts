import { config } from '@/lib/config';
import { AppError } from '@/lib/errors';

/** A draft's revision as an ETag: `"<draft>.<revision>"`. */
export function draftTag(draft: { id: string; revision: number }): string {
  return `"${draft.id}.${draft.revision}"`;
}

/** Where people write the draft. */
export function draftUrl(id: string): string {
  return `${config().dashboardUrl}/contracts/drafts/${id}`;
}

/** Which revision of a draft `If-Match` names; `any` for `*`, undefined without the header. Throws `invalid`. */
export function readMatch(header: string | null): { draftId: string; revision: number } | 'any' | undefined {
  if (header === null) return undefined;
  if (header.trim() === '*') return 'any';
  const [, draftId, revision] = /^"([0-9a-f-]{36})\.([1-9]\d{0,8})"$/i.exec(header.trim()) ?? [];
  if (draftId === undefined || revision === undefined)
    throw new AppError('invalid', 'If-Match is the ETag of the draft, or *.', {
      issues: [
        { path: 'If-Match', message: 'This is no ETag of a draft.', expected: '"<draft>.<revision>", or *' },
      ],
    });
  return { draftId, revision: Number(revision) };
}
