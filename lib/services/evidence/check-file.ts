import { fileTypeFromBuffer } from 'file-type';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';
import { BINARY_FILES, MOST_FILE_BYTES, TEXT_FILES } from '@/lib/evidence/file-kinds';
import { endingOf, safeFileName } from '@/lib/evidence/file-name';
import { formatBytes, formatList } from '@/lib/format';
import type { EvidenceFileInput } from './record-evidence';

const TAKEN =
  'Attach a PDF, a PNG, JPEG or WebP image, plain text, CSV, JSON, Markdown, or a Word, Excel or PowerPoint file.';

/**
 * What a file is by its bytes, with a safe name. Its ending must not say otherwise: a lying one is refused, saying what the
 * file is. Throws `invalid` for an empty file, `too_large`, `unsupported_media` for other types.
 */
export async function checkFile(givenName: string, bytes: Uint8Array): Promise<EvidenceFileInput> {
  const name = safeFileName(givenName);
  if (bytes.byteLength === 0) throw new AppError('invalid', `${name} is empty.`);
  if (bytes.byteLength > MOST_FILE_BYTES)
    throw new AppError(
      'too_large',
      `A file may have ${formatBytes(MOST_FILE_BYTES)}. Attach a link instead.`,
    );
  const ending = endingOf(name);
  const found = await fileTypeFromBuffer(bytes).catch(() => undefined);
  const kept = (file: { mediaType: string; ending: string }): EvidenceFileInput => ({
    name: ending === '' ? `${name}.${file.ending}` : name,
    mediaType: file.mediaType,
    bytes,
    digest: sha256Hex(bytes),
  });
  if (found === undefined) return kept(textKind(name, ending, bytes));
  const kind = Object.hasOwn(BINARY_FILES, found.mime) ? BINARY_FILES[found.mime] : undefined;
  if (kind === undefined)
    throw new AppError('unsupported_media', `${name} is ${found.mime}, which is not taken. ${TAKEN}`);
  if (ending !== '' && !kind.endings.includes(ending)) {
    const [first] = kind.endings;
    throw new AppError(
      'unsupported_media',
      `${name} says ".${ending}", and its content is ${kind.title}. Call it .${first}, or attach the file you meant.`,
    );
  }
  return kept({ mediaType: found.mime, ending: kind.endings[0] });
}

function textKind(name: string, ending: string, bytes: Uint8Array): { mediaType: string; ending: string } {
  const text = textOf(bytes);
  if (text === null)
    throw new AppError(
      'unsupported_media',
      ending === '' || Object.hasOwn(TEXT_FILES, ending) || isBinaryEnding(ending)
        ? `${name} is not what it says: its content is no type that is known here. ${TAKEN}`
        : `${name} is of no type that is taken. ${TAKEN}`,
    );
  if (ending === '') return { mediaType: 'text/plain', ending: 'txt' };
  const kind = Object.hasOwn(TEXT_FILES, ending) ? TEXT_FILES[ending] : undefined;
  if (kind === undefined)
    throw new AppError(
      'unsupported_media',
      isBinaryEnding(ending)
        ? `${name} says ".${ending}", and its content is plain text. Call it .txt, or attach the file you meant.`
        : `A text may end in ${formatList(Object.keys(TEXT_FILES).map((each) => `.${each}`))}; ${name} does not. ${TAKEN}`,
    );
  if (ending === 'json' && !isJson(text))
    throw new AppError('unsupported_media', `${name} says ".json", and its content is not JSON.`);
  return { mediaType: kind.mediaType, ending };
}

function isBinaryEnding(ending: string): boolean {
  return Object.values(BINARY_FILES).some(({ endings }) => endings.includes(ending));
}

/** Text in UTF-8 without control characters other than white space; null for anything else. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what tells text from the rest.
    return /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
