import { parseDocument } from 'yaml';
import { MAX_SOURCE } from '@/lib/contract/parse';
import { AppError } from '@/lib/errors';
import { formatCount } from '@/lib/format';

/** The text of a draft as it is kept: plain line ends, no byte-order mark. Throws `invalid` for what cannot be kept. */
export function keptText(source: string): string {
  if (source.length > MAX_SOURCE)
    throw new AppError(
      'invalid',
      `This text has ${formatCount(source.length)} characters; a contract may have ${formatCount(MAX_SOURCE)}.`,
    );
  if (source.includes('\0'))
    throw new AppError('invalid', 'This text holds NUL characters, which cannot be kept.');
  return source
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .toWellFormed();
}

/** Identity stands at the head of a text; the rest need not be read to name it. */
const HEAD = 4000;

/** What a list calls a draft that is no agent's yet: the name its text gives it. */
export function draftName(source: string): string {
  const head = source.slice(0, HEAD);
  const document = parseDocument(source.length > HEAD ? head.slice(0, head.lastIndexOf('\n') + 1) : head, {
    strict: false,
    logLevel: 'silent',
  });
  for (const path of [
    ['identity', 'name'],
    ['identity', 'agent'],
  ]) {
    const name: unknown = document.hasIn(path) ? document.getIn(path) : undefined;
    if (typeof name === 'string' && name.trim() !== '') return name.trim().slice(0, 200);
  }
  return 'Untitled draft';
}
