import { AppError } from '@/lib/errors';
import { type EvalResults, faulty } from './eval-results';
import { readCsv } from './read-csv';
import { readJson } from './read-json';
import { readJunit } from './read-junit';

/**
 * Eval results in a file of any of the known formats; its content tells which, not its name. `invalid` says where the first
 * fault is.
 */
export function readResults(bytes: Uint8Array): EvalResults {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError(
      'invalid',
      'This is not text in UTF-8. Results are read from promptfoo (JSON), JUnit (XML) and CSV.',
    );
  }
  const start = /\S/.exec(text)?.[0];
  if (start === undefined) throw faulty('There is nothing in it.');
  if (start === '{' || start === '[') return readJson(text);
  return start === '<' ? readJunit(text.trimStart()) : readCsv(text);
}
