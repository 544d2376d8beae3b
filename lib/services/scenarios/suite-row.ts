import { type Suite as Read, readSuite } from '@/lib/contract/scenarios';
import { AppError } from '@/lib/errors';

/** Characters of a suite's text. */
export const MAX_SUITE = 500_000;
const MAX_NAME = 100;

/** A suite as it is stored. Plain JSON. */
export interface SuiteRow {
  id: string;
  name: string;
  source: string;
  revision: number;
  /** ISO. */
  updatedAt: string;
  updatedBy: string | null;
}

/** A name fit to be kept. Throws `invalid`. */
export function keptName(name: string): string {
  const kept = name.trim();
  if (kept === '' || kept.length > MAX_NAME || /[\p{Cc}\p{Cs}]/u.test(kept))
    throw new AppError('invalid', 'The suite needs a name.', {
      issues: [{ path: 'name', message: `1 to ${MAX_NAME} characters, in one line.` }],
    });
  return kept;
}

/** A text fit to be kept: one that reads as a suite. Throws `invalid` with each fault, `too_large`. */
export function keptSuite(source: string): Read {
  if (source.length > MAX_SUITE)
    throw new AppError('too_large', `A suite has at most ${MAX_SUITE.toLocaleString('en')} characters.`);
  const read = readSuite(source);
  if (read.ok) return read.suite;
  throw new AppError(
    'invalid',
    read.issues.length === 1 ? 'The suite has a fault.' : `The suite has ${read.issues.length} faults.`,
    { issues: read.issues },
  );
}

/** A name that another suite of the agent has is a conflict that its author can mend. */
export function nameTaken(error: unknown, name: string): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === '23505'
    ? new AppError('conflict', `This agent has a suite "${name}" already.`, {
        issues: [{ path: 'name', message: 'Another suite has this name.' }],
      })
    : error;
}

export function noSuchSuite(): AppError {
  return new AppError('not_found', 'There is no such suite in this workspace.');
}
