import type { z } from 'zod';
import { expectedOf, messageOf } from '@/lib/contract/expected';
import type { Issue } from './errors';

/** How zod begins where a schema says nothing of its own. */
const VALIDATOR_SPEECH = /^(Invalid |Too (small|big)|Unrecognized )/;

/**
 * A validator's fault in words for whoever sent the input: what a schema says itself stays, its library's own speech
 * does not. Parse with `reportInput: true`, so that what is missing can be told from what is wrong; the input itself
 * is never repeated.
 *
 * @param separator between the keys of a path, as the input's readers write it
 */
export function issueInWords(issue: z.core.$ZodIssue, separator = '/'): Issue {
  const path = issue.path.map(String).join(separator);
  if (!VALIDATOR_SPEECH.test(issue.message)) return { path, message: issue.message };
  if (issue.code === 'unrecognized_keys')
    return { path, message: `${issue.keys.map((key) => `"${key}"`).join(', ')} is not known here.` };
  const missing = issue.input === undefined && issue.code !== 'custom';
  const expected = expectedOf(issue);
  return {
    path,
    message: missing ? 'This is missing.' : messageOf(issue, false),
    ...(expected === undefined ? {} : { expected }),
  };
}

/** An issue in one line: "limit: This is too large or too long. Expected a number of at most 200." */
export function issueLine({ path, message, expected }: Issue): string {
  const text = /[.!?]$/.test(message) ? message : `${message}.`;
  return `${path === '' ? '' : `${path}: `}${text}${expected === undefined ? '' : ` Expected ${expected}.`}`;
}
