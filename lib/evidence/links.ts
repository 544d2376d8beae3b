import { sha256Hex } from './digest';

/** The links of the chain (chain.ts) as text and hashes, and nothing else: whoever verifies millions of them loads only this. */

/** What the first entry of a chain follows. */
export const CHAIN_START = '0'.repeat(64);

/** The hash of the next link: of the hash before it and the digest of the entry it links, both hex. */
export function linkHash(before: string, digest: string): string {
  return sha256Hex(before + digest);
}

/** A link with its entry's canonical text. */
export function entryLine(text: string, link: { hash: string; seq: number }): string {
  return `{"entry":${text}${linkEnd(link)}\n`;
}

/** A link whose entry is left out: its digest closes the chain. */
export function leftOutLine(digest: string, link: { hash: string; seq: number }): string {
  return `{"digest":"${digest}"${linkEnd(link)}\n`;
}

/** A link whose entry is not in the database any more. */
export function goneLine(entry: number, link: { hash: string; seq: number }): string {
  return `{"gone":${entry}${linkEnd(link)}\n`;
}

/** How every link's line ends. */
export function linkEnd({ hash, seq }: { hash: string; seq: number }): string {
  return `,"hash":"${hash}","seq":${seq}}`;
}
