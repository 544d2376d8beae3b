import { db } from '@/lib/db/pool';
import type { RecordedEvent } from '@/lib/decision/backtest';
import type { Window } from './recorded-runs';

/**
 * What an agent's runs have spent, as a backtest goes through them in the order they began: of a run, what those before it
 * had spent by then and on its days. Days before the window are as they were booked. US dollars by UTC day.
 */
export class SpentByOthers {
  private constructor(private readonly days: Map<string, number>) {}

  /** @param window begins with a UTC day */
  static async before({ agentId, since }: Window): Promise<SpentByOthers> {
    const { rows } = await db().query<{ day: string; cost_usd: number }>(
      `SELECT to_char(day, 'YYYY-MM-DD') AS day, cost_usd FROM agent_spend
        WHERE agent_id = $1 AND day >= date_trunc('month', $2::timestamptz AT TIME ZONE 'UTC') AND day < ($2::timestamptz AT TIME ZONE 'UTC')::date`,
      [agentId, since],
    );
    return new SpentByOthers(new Map(rows.map((row) => [row.day, row.cost_usd])));
  }

  /** Of the day and the month of a moment (epoch ms). */
  at = (ms: number): { day: number; month: number } => {
    const today = dayOf(ms);
    const month = today.slice(0, 7);
    let ofMonth = 0;
    for (const [day, usd] of this.days) if (day.startsWith(month)) ofMonth += usd;
    return { day: this.days.get(today) ?? 0, month: ofMonth };
  };

  /** Books what a run spent; those after it find it. */
  add(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'usage' || event.costUsd === 0) continue;
      const day = dayOf(event.at);
      this.days.set(day, (this.days.get(day) ?? 0) + event.costUsd);
    }
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
