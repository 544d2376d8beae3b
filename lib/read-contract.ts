import { MAX_SOURCE, type SourceFormat } from '@/lib/contract/parse';
import { AppError } from '@/lib/errors';
import { bytesOf } from '@/lib/read-bytes';

const FORMATS: Record<string, SourceFormat> = {
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'application/json': 'json',
};
/** UTF-8 takes at most three bytes for each of JavaScript's characters. */
const MAX_BYTES = 3 * MAX_SOURCE;

/** A contract in a request's body: its text, read no further than a contract can be long, and what it is written in. */
export async function readContract(request: Request): Promise<{ source: string; format: SourceFormat }> {
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const format = FORMATS[type];
  if (format === undefined)
    throw new AppError(
      'unsupported_media',
      `Send the contract as ${Object.keys(FORMATS).join(', ')}; this was ${type === '' ? 'without a Content-Type' : `"${type.slice(0, 100)}"`}.`,
    );
  return {
    source: await textOf(
      request,
      MAX_BYTES,
      `A contract has at most ${MAX_SOURCE.toLocaleString('en')} characters.`,
    ),
    format,
  };
}

/** The body as text, read no further than `maxBytes`. */
export async function textOf(request: Request, maxBytes: number, tooLarge: string): Promise<string> {
  const bytes = await bytesOf(request, maxBytes, tooLarge);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('invalid', 'The body is not text in UTF-8.');
  }
}

/** A version's number in the address; undefined for none, or `in-force`. */
export function versionOf(value: string | null): number | undefined {
  if (value === null || value === 'in-force') return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new AppError('invalid', 'A version is a whole number, or "in-force".', {
    issues: [{ path: 'version', message: 'This is not a version.', expected: 'a whole number, or in-force' }],
  });
}
