import { AppError } from '@/lib/errors';

const LONGEST_REASON = 2000;
const LONGEST_CLAUSE = 400;

/** A reason as it will stand in the record. Throws `invalid` for none or one that is too long. */
export function reasonOf(text: string): string {
  const reason = text.trim();
  const fault =
    reason === ''
      ? 'Say why: it stays on the record.'
      : reason.length > LONGEST_REASON
        ? `Write at most ${LONGEST_REASON} characters.`
        : null;
  if (fault !== null)
    throw new AppError('invalid', 'A reason is needed.', { issues: [{ path: 'reason', message: fault }] });
  return reason;
}

/** The clause somebody names, e.g. `tools/erp.post/rateLimit`; null for none. Throws `invalid` for what cannot be one. */
export function clauseOf(text: string | undefined): string | null {
  const clause = text?.trim() ?? '';
  if (clause === '') return null;
  if (clause.length > LONGEST_CLAUSE || /\s{2,}|[\n\r]/.test(clause))
    throw new AppError('invalid', 'That is no clause.', {
      issues: [{ path: 'clause', message: 'Name one clause, e.g. tools/erp.post/rateLimit.' }],
    });
  return clause;
}
