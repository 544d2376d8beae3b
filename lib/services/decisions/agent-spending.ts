import { db } from '@/lib/db/pool';

/** What an agent's runs spent, US dollars, days and months in UTC. Kept current while somebody asks. */
export interface Spending {
  day: number;
  month: number;
  /** Epoch ms. */
  readAt: number;
}

/** Older than this, it is read again while the old figure still serves. */
const REFRESH_MS = 1000;
/** Older than this, it serves nobody. */
const MAX_AGE_MS = 5000;
const MAX_AGENTS = 10_000;

/**
 * Spending of agents whose contracts have a budget per day or month. Every run of an agent adds to it, and it is told by
 * telemetry seconds after the fact, so a second's age is within what it can promise.
 */
export class AgentSpending {
  readonly #known = new Map<string, Spending>();
  readonly #reading = new Map<string, Promise<Spending>>();

  /** The figure when it is young enough; else undefined, and `read` must be awaited. */
  current(agentId: string): Spending | undefined {
    const known = this.#known.get(agentId);
    if (known === undefined) return undefined;
    const now = Date.now();
    const age = now - known.readAt;
    if (age > MAX_AGE_MS || dayOf(now) !== dayOf(known.readAt)) return undefined;
    // A failed refresh shows when the figure has become too old.
    if (age > REFRESH_MS) this.read(agentId).catch(() => {});
    return known;
  }

  async read(agentId: string): Promise<Spending> {
    const reading = this.#reading.get(agentId);
    if (reading !== undefined) return reading;
    const promise = readSpending(agentId).finally(() => this.#reading.delete(agentId));
    this.#reading.set(agentId, promise);
    const spending = await promise;
    if (this.#known.size >= MAX_AGENTS) this.#known.clear();
    this.#known.set(agentId, spending);
    return spending;
  }
}

async function readSpending(agentId: string): Promise<Spending> {
  const readAt = Date.now();
  const today = new Date(readAt).toISOString().slice(0, 10);
  const result = await db().query<{ day: number; month: number }>(
    `SELECT COALESCE(sum(cost_usd) FILTER (WHERE day = $2::date), 0) AS day, COALESCE(sum(cost_usd), 0) AS month
     FROM agent_spend WHERE agent_id = $1 AND day BETWEEN date_trunc('month', $2::date)::date AND $2::date`,
    [agentId, today],
  );
  return { day: result.rows[0]?.day ?? 0, month: result.rows[0]?.month ?? 0, readAt };
}

function dayOf(ms: number): number {
  return Math.floor(ms / 86_400_000);
}
