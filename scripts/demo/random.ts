/** A seeded source of chance (mulberry32), so that the demo is the same company every time. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [low, high]. */
  between(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** True with probability `share`. */
  chance(share: number): boolean;
  /** `digits` lower-case hex digits, never all zero. */
  hex(digits: number): string;
}

export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (from) => from[between(0, from.length - 1)] ?? from[0],
    chance: (share) => next() < share,
    hex: (digits) => {
      let out = '';
      while (out.length < digits) out += between(0, 15).toString(16);
      return /^0+$/.test(out) ? `1${out.slice(1)}` : out;
    },
  };
}
