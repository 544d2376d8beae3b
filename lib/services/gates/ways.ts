import { ROUTES, type Route } from '@/lib/contract/change-row';
import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { digestOf } from '@/lib/evidence/digest';
import { type Consent, chosenRoute, unlessTakenBack } from '@/lib/lifecycle/amended-route';
import { longerOf } from '@/lib/lifecycle/route-order';
import type { Queries } from './rows';

/** Versions never change, so neither does the way between two of them by the same consents; the oldest is dropped first. */
const MOST_KNOWN = 5000;
const known = new Map<string, Route | null>();

/** Two versions, and what people decided about the way from the one to the other. */
export interface Way {
  from: { id: string };
  to: { id: string };
  raisedTo: Route | null;
  consents: readonly Consent[];
}

/**
 * The route of what changed from each version to the other, as a function of their ids; null where nothing did. Pairs that
 * were not asked for take the longest way, so that nothing is carried over by mistake.
 */
export async function waysBetween(
  client: Queries,
  pairs: readonly Way[],
): Promise<(from: string, to: string) => Route | null> {
  const ways = new Map<string, Route | null>();
  const unknown: Way[] = [];
  for (const pair of pairs) {
    const way = known.get(knownAs(pair));
    if (way === undefined) unknown.push(pair);
    else ways.set(keyOf(pair.from.id, pair.to.id), way === null ? null : longerOf(way, pair.raisedTo));
  }
  if (unknown.length > 0) {
    const contracts = await contractsOf(client, [
      ...new Set(
        unknown.flatMap(({ from, to, consents }) => [
          from.id,
          to.id,
          ...consents.flatMap((consent) => consent.through ?? []),
        ]),
      ),
    ]);
    for (const pair of unknown) {
      const { from, to } = pair;
      const before = contracts.get(from.id);
      const after = contracts.get(to.id);
      if (before === undefined || after === undefined) continue;
      const consents = pair.consents.map((consent) =>
        unlessTakenBack(
          consent,
          (consent.through ?? []).map((id) => {
            const between = contracts.get(id);
            return between === undefined ? [] : diffContracts(before, between);
          }),
        ),
      );
      const way = chosenRoute(diffContracts(before, after), { raisedTo: null, consents });
      ways.set(keyOf(from.id, to.id), way === null ? null : longerOf(way, pair.raisedTo));
      remember(knownAs(pair), way);
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

function knownAs({ from, to, consents }: Way): string {
  return `${keyOf(from.id, to.id)}${consents.length === 0 ? '' : ` ${digestOf(consents)}`}`;
}

function keyOf(from: string, to: string): string {
  return `${from}>${to}`;
}
