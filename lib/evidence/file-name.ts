import { cleanName } from './clean-name';

const MOST = 120;
/** What Windows opens as a device, whatever the ending. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name that any system can save a file under: the last part of a path, without control and direction characters or
 * what file systems refuse, at most 120 characters with the ending kept; "file" when nothing is left.
 */
export function safeFileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const clean = (cleanName(last) ?? '')
    .replace(/[<>:"|?*\ufffd\ufffe\uffff]/g, '_')
    .replace(/…$/, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (clean === '') return 'file';
  const named = DEVICES.test(clean) ? `_${clean}` : clean;
  if (named.length <= MOST) return named;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(named)?.[0] ?? '';
  return `${named
    .slice(0, MOST - ending.length)
    .toWellFormed()
    .replace(/[\ufffd.\s]+$/, '')}${ending}`;
}

/** The ending without its dot, in lower case; empty for none. */
export function endingOf(name: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The value of a Content-Disposition header that saves a file under this name (RFC 6266). */
export function dispositionOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
