import type { PoolClient } from 'pg';
import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { readingsOf } from '@/lib/contract/readings';
import type { Contract } from '@/lib/contract/schema';
import type { DiffNote } from '@/lib/response/page-message';
import { lastKnownGood, type VersionName } from '@/lib/services/incidents/last-known-good';

/** A page is read on a phone. */
const MAX_LINES = 4;
const MAX_LINE_CHARS = 200;

/** Versions never change, so neither does what changed between two. */
const known = new Map<string, Pick<DiffNote, 'lines' | 'more'>>();
const MAX_KNOWN = 500;

/** What a version of an agent's contract changed since the last one known to be good, shortly; null where there is none. */
export async function diffNote(
  client: Pick<PoolClient, 'query'>,
  agentId: string,
  version: VersionName & { id: string },
): Promise<DiffNote | null> {
  const good = await lastKnownGood(client, agentId, version.number);
  if (good === null) return null;
  const key = `${good.id} ${version.id}`;
  let changes = known.get(key);
  if (changes === undefined) {
    const stored = await client.query<{ document: unknown }>(
      'SELECT document FROM contract_version WHERE id = $1',
      [version.id],
    );
    changes = shortly(good.contract, readStored(stored.rows[0]?.document));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, changes);
  }
  return { from: versionOf(good), to: versionOf(version), ...changes };
}

function versionOf({ number, name }: VersionName): DiffNote['from'] {
  return { version: number, name };
}

/** What any of the four readers is told of, once each, what widens first. */
function shortly(before: Contract, after: Contract): Pick<DiffNote, 'lines' | 'more'> {
  const sentences = new Map<string, number>();
  for (const { lines } of readingsOf(diffContracts(before, after)))
    for (const { change, sentence } of lines) sentences.set(sentence, change.direction === 'wider' ? 0 : 1);
  const sorted = [...sentences].toSorted(([, a], [, b]) => a - b).map(([sentence]) => sentence);
  return {
    lines: sorted
      .slice(0, MAX_LINES)
      .map((line) => (line.length <= MAX_LINE_CHARS ? line : `${line.slice(0, MAX_LINE_CHARS - 1)}…`)),
    more: Math.max(0, sorted.length - MAX_LINES),
  };
}
