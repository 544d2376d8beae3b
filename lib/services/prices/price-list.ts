import { z } from 'zod';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { type Price, priceAt } from '@/lib/scoring/cost';
import { PRICE_LIST } from '@/lib/scoring/price-list';

/** The belt to NOTIFY's braces. */
const TTL_MS = 30_000;
const MAX_LISTS = 1000;
const MAX_ANSWERS = 10_000;

/** The prices a workspace calculates with: its own, and those shipped with the product. */
export interface PriceList {
  /** US dollars per million tokens of a model at a time (epoch milliseconds); null: unpriced. */
  priceOf(model: string, atMs: number): Price | null;
}

const rowsSchema = z.array(
  z.object({
    model: z.string(),
    input_usd: z.number(),
    output_usd: z.number(),
    cached_input_usd: z.number().nullable(),
    effective_from: z.date(),
  }),
);

const lists = new Map<string, { list: PriceList; at: number }>();
let generation = 0;
let watching = false;

/** The price list of a workspace, kept until NOTIFY `price` says that it changed. */
export async function priceList(workspaceId: string): Promise<PriceList> {
  watch();
  const known = lists.get(workspaceId);
  if (known !== undefined && Date.now() - known.at < TTL_MS) return known.list;
  const began = generation;
  const result = await db().query(
    `SELECT model, input_usd, output_usd, cached_input_usd, effective_from FROM model_price
     WHERE workspace_id = $1 ORDER BY model, effective_from`,
    [workspaceId],
  );
  const own = rowsSchema.parse(result.rows).map((row) => ({
    model: row.model,
    inputUsd: row.input_usd,
    outputUsd: row.output_usd,
    cachedInputUsd: row.cached_input_usd,
    effectiveFromMs: row.effective_from.getTime(),
  }));
  const list = remembering(own);
  if (began === generation) {
    if (lists.size >= MAX_LISTS) lists.clear();
    lists.set(workspaceId, { list, at: Date.now() });
  }
  return list;
}

/** What a workspace pays: its own price of the model where it entered one, else the one that comes with the product. */
export function paidPrice<P extends Price>(
  own: readonly P[],
  shipped: readonly P[],
  model: string,
  atMs: number,
): P | null {
  // priceAt answers with one of the prices it was given.
  const price = priceAt(own, model, atMs) ?? priceAt(shipped, model, atMs);
  return own.find((each) => each === price) ?? shipped.find((each) => each === price) ?? null;
}

/** Looks each model up once for each stretch of time between two price changes. */
function remembering(own: readonly Price[]): PriceList {
  const changes = [...new Set([...own, ...PRICE_LIST].map((price) => price.effectiveFromMs))].sort(
    (a, b) => b - a,
  );
  const answers = new Map<string, Price | null>();
  return {
    priceOf(model, atMs) {
      let since = changes.findIndex((from) => from <= atMs);
      if (since < 0) since = changes.length;
      const key = `${since} ${model}`;
      const known = answers.get(key);
      if (known !== undefined) return known;
      const price = paidPrice(own, PRICE_LIST, model, atMs);
      if (answers.size >= MAX_ANSWERS) answers.clear();
      answers.set(key, price);
      return price;
    },
  };
}

function watch(): void {
  if (watching) return;
  watching = true;
  const forget = () => {
    generation += 1;
    lists.clear();
  };
  listen({
    change: ({ topic }) => {
      if (topic === 'price') forget();
    },
    reset: forget,
  });
}
