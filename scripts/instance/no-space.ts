const SIGNS = /\b(ENOSPC|EDQUOT)\b|No space left on device|Disk quota exceeded/i;

/**
 * What to say of a failure whose reason is a full disk; null when it is another one.
 *
 * @param reason an error's message, or the end of a log
 * @param folder the data folder
 */
export function noSpace(reason: string, folder: string): string | null {
  if (!SIGNS.test(reason)) return null;
  return (
    `No space is left on the disk of the data folder ${folder}. Free some and start again: what is there is kept. ` +
    'Or set COUNTERSIGN_DATA to a folder on another disk.'
  );
}
