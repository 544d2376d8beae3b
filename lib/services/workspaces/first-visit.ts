import { config } from '@/lib/config';
import { db } from '@/lib/db/pool';

export interface Doors {
  /** No workspace of the company's own yet: whoever comes first may create it. */
  mayCreate: boolean;
  /** The demo may be explored on this instance. */
  demo: boolean;
}

/** What an unsigned visitor may do besides signing in. */
export async function doors(): Promise<Doors> {
  const own = await db().query('SELECT 1 FROM workspace WHERE NOT is_demo LIMIT 1');
  return { mayCreate: own.rowCount === 0, demo: config().demo };
}
