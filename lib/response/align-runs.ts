/**
 * Two runs of an agent, step by step beside each other: the same steps stand in one row, what only one of them did has a row
 * of its own. Pure.
 */

/** What of a span decides whether two are the same step. */
export interface Step {
  /** What it is ("execute_tool orders.read"), the same in both runs where they did the same. */
  what: string;
  children: readonly Step[];
}

export interface AlignedStep<S extends Step> {
  /** 1 for a root. */
  level: number;
  a: S | null;
  b: S | null;
}

/** Beyond so many siblings on a side they are matched one by one in order, which costs nothing. */
const MOST_SIBLINGS = 400;

/**
 * Rows from top to bottom, each step of each run once and in its order: siblings are matched by their longest common
 * sequence, and only the children of matched steps with each other.
 */
export function alignSteps<S extends Step & { children: readonly S[] }>(
  a: readonly S[],
  b: readonly S[],
): AlignedStep<S>[] {
  const rows: AlignedStep<S>[] = [];
  // A stack, since a chain of steps may be thousands deep.
  const open: AlignedStep<S>[] = matched(a, b, 1).reverse();
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    open.push(...matched(row.a?.children ?? [], row.b?.children ?? [], row.level + 1).reverse());
  }
  return rows;
}

function matched<S extends Step>(a: readonly S[], b: readonly S[], level: number): AlignedStep<S>[] {
  const rows: AlignedStep<S>[] = [];
  let [atA, atB] = [0, 0];
  for (const [toA, toB] of [...commonSteps(a, b), [a.length, b.length] as const]) {
    for (; atA < toA; atA += 1) rows.push({ level, a: a[atA] ?? null, b: null });
    for (; atB < toB; atB += 1) rows.push({ level, a: null, b: b[atB] ?? null });
    if (toA < a.length && toB < b.length) rows.push({ level, a: a[toA] ?? null, b: b[toB] ?? null });
    atA = toA + 1;
    atB = toB + 1;
  }
  return rows;
}

/** Places of the longest sequence of steps that both have in the same order. */
function commonSteps(a: readonly Step[], b: readonly Step[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start]?.what === b[start]?.what) start += 1;
  const pairs: [number, number][] = Array.from({ length: start }, (_, at) => [at, at]);
  let endA = a.length;
  let endB = b.length;
  const tail: [number, number][] = [];
  while (endA > start && endB > start && a[endA - 1]?.what === b[endB - 1]?.what) {
    endA -= 1;
    endB -= 1;
    tail.unshift([endA, endB]);
  }
  const [n, m] = [endA - start, endB - start];
  if (n > MOST_SIBLINGS || m > MOST_SIBLINGS) pairs.push(...inOrder(a, b, start, endA, endB));
  else if (n > 0 && m > 0) pairs.push(...longest(a, b, start, n, m));
  return [...pairs, ...tail];
}

/** Each step with the next of its kind that is still to come. */
function inOrder(
  a: readonly Step[],
  b: readonly Step[],
  start: number,
  endA: number,
  endB: number,
): [number, number][] {
  const places = new Map<string, number[]>();
  for (let at = endB - 1; at >= start; at -= 1) {
    const what = b[at]?.what ?? '';
    places.set(what, [...(places.get(what) ?? []), at]);
  }
  const pairs: [number, number][] = [];
  let from = start;
  for (let at = start; at < endA; at += 1) {
    const open = places.get(a[at]?.what ?? '');
    let place = open?.pop();
    while (place !== undefined && place < from) place = open?.pop();
    if (place === undefined) continue;
    pairs.push([at, place]);
    from = place + 1;
  }
  return pairs;
}

function longest(
  a: readonly Step[],
  b: readonly Step[],
  start: number,
  n: number,
  m: number,
): [number, number][] {
  const width = m + 1;
  const lengths = new Uint16Array((n + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1)
    for (let j = m - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[start + i]?.what === b[start + j]?.what
          ? at(i + 1, j + 1) + 1
          : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < n && j < m; ) {
    if (a[start + i]?.what === b[start + j]?.what) {
      pairs.push([start + i, start + j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}
