import type { PoolClient } from 'pg';

export type Queries = Pick<PoolClient, 'query'>;

/** Rows by a key, in their order. */
export function grouped<Row, Item>(
  rows: readonly Row[],
  split: (row: Row) => readonly [key: string, item: Item],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const row of rows) {
    const [key, item] = split(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
