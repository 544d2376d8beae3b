import type { PoolClient } from 'pg';
import type { ContractInForce } from '@/lib/services/contracts/contract-in-force';
import { dayOf } from './fold-calls';
import type { RunSpan } from './run-span';

type Client = Pick<PoolClient, 'query'>;
type Days = Readonly<Record<string, number>>;

/** What agents have spent by UTC day: as stored, and what the batch at hand adds. US dollars. */
export class AgentSpending {
  /** Agent → day → dollars, read from `agent_spend` for the months in question. */
  private readonly stored = new Map<string, Map<string, number>>();
  private readonly read = new Set<string>();
  /** Agent → day → dollars that this batch adds (or takes back). */
  private readonly added = new Map<string, Map<string, number>>();

  constructor(private readonly client: Client) {}

  /**
   * What runs other than this one spent, by day (`2026-11-21`) or month (`2026-11`). Read only when the contract limits
   * either; the days asked for must be those of `calls`.
   *
   * @param own what this run had spent before the batch
   */
  async ofOthers(
    agentId: string,
    contract: ContractInForce | null,
    calls: readonly RunSpan[],
    own: Days,
  ): Promise<(period: string) => number> {
    if (contract === null) return () => 0;
    const { perDay, perMonth } = contract.compiled;
    if (perDay.limit === Number.POSITIVE_INFINITY && perMonth.limit === Number.POSITIVE_INFINITY)
      return () => 0;
    let last = '';
    for (const { startUs } of calls) {
      const day = dayOf(startUs);
      if (day === last) continue;
      last = day;
      await this.readMonth(agentId, day.slice(0, 7));
    }
    const known = new Map<string, number>();
    return (period) => {
      const before = known.get(period);
      if (before !== undefined) return before;
      let usd = 0;
      for (const days of [this.stored.get(agentId), this.added.get(agentId)])
        for (const [day, spent] of days ?? []) if (day.startsWith(period)) usd += spent;
      for (const [day, spent] of Object.entries(own)) if (day.startsWith(period)) usd -= spent;
      // What rounding leaves of a sum and its parts is not money.
      const others = usd < 1e-9 ? 0 : usd;
      known.set(period, others);
      return others;
    };
  }

  /** Takes note of what a run has spent by now, and that it had spent `before` (as a run of `agentBefore`). */
  add(agentId: string, now: Days, before: Days, agentBefore: string): void {
    for (const [day, usd] of Object.entries(before)) this.book(agentBefore, day, -usd);
    for (const [day, usd] of Object.entries(now)) this.book(agentId, day, usd);
  }

  /** Adds the batch's figures to `agent_spend`, in an order that all planes share. */
  async store(workspaceId: string): Promise<void> {
    const rows: { agent_id: string; day: string; usd: number }[] = [];
    for (const [agentId, days] of this.added)
      for (const [day, usd] of days) if (usd !== 0) rows.push({ agent_id: agentId, day, usd });
    if (rows.length === 0) return;
    await this.client.query(
      `INSERT INTO agent_spend (workspace_id, agent_id, day, cost_usd)
       SELECT $1, n.agent_id, n.day, n.usd
       FROM json_to_recordset($2::json) AS n(agent_id uuid, day date, usd float8) ORDER BY n.agent_id, n.day
       ON CONFLICT (agent_id, day) DO UPDATE SET cost_usd = GREATEST(0, agent_spend.cost_usd + excluded.cost_usd)`,
      [workspaceId, JSON.stringify(rows)],
    );
  }

  private async readMonth(agentId: string, month: string): Promise<void> {
    const key = `${agentId} ${month}`;
    if (this.read.has(key)) return;
    this.read.add(key);
    const result = await this.client.query<{ day: string; cost_usd: number }>(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, cost_usd FROM agent_spend
       WHERE agent_id = $1 AND day >= $2::date AND day < $2::date + interval '1 month'`,
      [agentId, `${month}-01`],
    );
    const days = this.stored.get(agentId) ?? new Map<string, number>();
    for (const row of result.rows) days.set(row.day, row.cost_usd);
    this.stored.set(agentId, days);
  }

  private book(agentId: string, day: string, usd: number): void {
    const days = this.added.get(agentId) ?? new Map<string, number>();
    days.set(day, (days.get(day) ?? 0) + usd);
    this.added.set(agentId, days);
  }
}
