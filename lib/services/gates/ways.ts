import { ROUTES, type Route } from '@/lib/contract/change-rules';
import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { routeOf } from '@/lib/contract/route';
import type { Contract } from '@/lib/contract/schema';
import type { Queries } from './rows';

/** Versions never change, so neither does the way between two of them; the oldest is dropped first. */
const MOST_KNOWN = 5000;
const known = new Map<string, Route | null>();

/**
 * The route of what changed from each version to the other, as a function of their ids; null where nothing did. Pairs that
 * were not asked for take the longest way, so that nothing is carried over by mistake.
 */
export async function waysBetween(
  client: Queries,
  pairs: readonly { from: { id: string }; to: { id: string } }[],
): Promise<(from: string, to: string) => Route | null> {
  const ways = new Map<string, Route | null>();
  const unknown: [from: string, to: string][] = [];
  for (const { from, to } of pairs) {
    const way = known.get(keyOf(from.id, to.id));
    if (way === undefined) unknown.push([from.id, to.id]);
    else ways.set(keyOf(from.id, to.id), way);
  }
  if (unknown.length > 0) {
    const contracts = await contractsOf(client, [...new Set(unknown.flat())]);
    for (const [from, to] of unknown) {
      const before = contracts.get(from);
      const after = contracts.get(to);
      if (before === undefined || after === undefined) continue;
      const { route } = routeOf(diffContracts(before, after));
      ways.set(keyOf(from, to), route);
      remember(keyOf(from, to), route);
    }
  }
  const longest = ROUTES[ROUTES.length - 1] ?? 'scoping';
  return (from, to) => {
    if (from === to) return null;
    const way = ways.get(keyOf(from, to));
    return way === undefined ? longest : way;
  };
}

async function contractsOf(client: Queries, ids: readonly string[]): Promise<Map<string, Contract>> {
  const { rows } = await client.query<{ id: string; document: unknown }>(
    'SELECT id, document FROM contract_version WHERE id = ANY($1::uuid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, readStored(row.document)]));
}

function remember(key: string, way: Route | null): void {
  const oldest = known.keys().next();
  if (known.size >= MOST_KNOWN && !oldest.done) known.delete(oldest.value);
  known.set(key, way);
}

function keyOf(from: string, to: string): string {
  return `${from}>${to}`;
}
