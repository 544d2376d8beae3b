import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { Price } from '@/lib/scoring/cost';
import { PRICE_LIST } from '@/lib/scoring/price-list';
import { paidPrice } from './price-list';

/** US dollars per million tokens from a moment on, and where the figure comes from. */
export interface PriceRow {
  id: string;
  model: string;
  inputUsd: number;
  outputUsd: number;
  /** Null: cached input costs what other input costs. */
  cachedInputUsd: number | null;
  effectiveFrom: string;
  source: string;
  /** True for the workspace's own, which go before the shipped ones. */
  own: boolean;
  enteredBy: string | null;
  /** True when this is what a call of this moment to a model of this exact name is calculated with. */
  current: boolean;
}

export interface PriceTable {
  prices: PriceRow[];
  /** Models seen in the last 30 days without a price, most calls first; their cost is unknown, not zero. */
  unpriced: { model: string; calls: number }[];
  mayEdit: boolean;
}

const NAMES = 50;

/** Every price that may count in this workspace, by model, its own first, then newest first. */
export async function listPrices(actor: Actor, now: Date): Promise<PriceTable> {
  const { workspaceId } = actor;
  const subject = { workspaceId };
  authorize(actor, 'price.read', subject);
  const [own, unpriced] = await Promise.all([
    db().query<Omit<PriceRow, 'effectiveFrom' | 'current' | 'own'> & { effectiveFrom: Date }>(
      `SELECT m.id, m.model, m.input_usd AS "inputUsd", m.output_usd AS "outputUsd",
              m.cached_input_usd AS "cachedInputUsd", m.effective_from AS "effectiveFrom", m.source,
              p.name AS "enteredBy"
         FROM model_price m LEFT JOIN person p ON p.id = m.entered_by_id
        WHERE m.workspace_id = $1`,
      [workspaceId],
    ),
    // Of the latest runs with unpriced calls: enough to name the models without reading a month of spans.
    db().query<{ model: string; calls: number }>(
      `SELECT s.model, count(*) AS calls
         FROM (SELECT id, workspace_id FROM run
                WHERE workspace_id = $1 AND unpriced_calls > 0 AND started_at > $2::timestamptz - interval '30 days'
                ORDER BY started_at DESC LIMIT 200) r
         JOIN run_trace t ON t.run_id = r.id
         JOIN span s ON s.workspace_id = r.workspace_id AND s.trace_id = t.trace_id
        WHERE s.model IS NOT NULL AND s.cost_usd IS NULL AND s.operation = 'model'
        GROUP BY s.model ORDER BY calls DESC, s.model LIMIT ${NAMES}`,
      [workspaceId, now],
    ),
  ]);
  const ours = own.rows.map((row) => ({ ...row, own: true, effectiveFromMs: row.effectiveFrom.getTime() }));
  const shipped = PRICE_LIST.map((price) => ({
    ...price,
    id: `${price.model} ${price.effectiveFrom}`,
    own: false,
    enteredBy: null,
  }));
  const rows = [...ours, ...shipped].sort(
    (a, b) =>
      compare(a.model.toLowerCase(), b.model.toLowerCase()) ||
      Number(b.own) - Number(a.own) ||
      b.effectiveFromMs - a.effectiveFromMs,
  );
  return {
    mayEdit: can(actor, 'price.edit', subject),
    unpriced: unpriced.rows,
    prices: rows.map(({ effectiveFromMs, ...row }) => {
      const paid = paidPrice<Price & { id: string }>(ours, shipped, row.model, now.getTime());
      return { ...row, effectiveFrom: new Date(effectiveFromMs).toISOString(), current: paid?.id === row.id };
    }),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
