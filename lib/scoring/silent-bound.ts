/**
 * How many silent runs may be wrong, from those of them that were drawn at random and reviewed. Exact, no approximation: the
 * bounds hold for any number of runs, and for none that was found wrong.
 */

/** How sure the bounds are: the truth is above them in at most one of twenty such reviews. */
export const CONFIDENCE = 0.95;

/**
 * Upper bound of the share that is wrong: one-sided Clopper–Pearson. The largest share under which it would not be too lucky
 * (probability above 1 − confidence) to find as few as `wrong` among `reviewed`. With none wrong that is about 3 ÷ reviewed
 * (the rule of three). Null when nothing was reviewed: then nothing is known.
 *
 * @param wrong whole, 0 to `reviewed`
 */
export function upperShare(wrong: number, reviewed: number, confidence = CONFIDENCE): number | null {
  check(wrong, reviewed);
  if (reviewed === 0) return null;
  if (wrong === reviewed) return 1;
  const luck = 1 - confidence;
  if (wrong === 0) return 1 - luck ** (1 / reviewed);
  let low = wrong / reviewed;
  let high = 1;
  // Sixty halvings go below the last bit; the upper end is what is kept, so that rounding never makes the bound too low.
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (fewerThanOrEqual(wrong, reviewed, middle) > luck) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Upper bound of how many of `population` runs are wrong, when `reviewed` of exactly these were drawn without putting back
 * (hypergeometric): the most of them under which it would not be too lucky to find as few as `wrong`. Never looser than
 * `upperShare`, and once all are reviewed it is `wrong`. Null when nothing was reviewed.
 */
export function upperCount(
  wrong: number,
  reviewed: number,
  population: number,
  confidence = CONFIDENCE,
): number | null {
  check(wrong, reviewed);
  if (!Number.isInteger(population) || population < reviewed)
    throw new RangeError(`${reviewed} of ${population} runs cannot have been reviewed.`);
  if (reviewed === 0) return null;
  const luck = 1 - confidence;
  // Those found right are right: the more are wrong, the luckier it is to find so few.
  let most = wrong;
  let tooMany = population - (reviewed - wrong) + 1;
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fewerThanOrEqualOf(wrong, reviewed, middle, population) > luck) most = middle;
    else tooMany = middle;
  }
  return most;
}

/**
 * How many reviews bring the bound down to `share` when no further wrong run is found; null when that would take more than a
 * million.
 */
export function reviewsFor(share: number, wrong: number, confidence = CONFIDENCE): number | null {
  if (!(share > 0 && share < 1)) throw new RangeError(`${share} is no share to come down to.`);
  const enough = (reviews: number) => (upperShare(wrong, reviews, confidence) ?? 1) <= share;
  let few = wrong;
  let many = Math.max(1, wrong * 2);
  while (!enough(many)) {
    few = many;
    many *= 2;
    if (many > 2_000_000) return null;
  }
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    if (enough(middle)) many = middle;
    else few = middle;
  }
  return many > 1_000_000 ? null : many;
}

function check(wrong: number, reviewed: number): void {
  if (!Number.isInteger(wrong) || !Number.isInteger(reviewed) || wrong < 0 || wrong > reviewed)
    throw new RangeError(`${wrong} of ${reviewed} reviewed runs cannot be wrong.`);
}

/** P(X ≤ k) of n draws that each hit with probability p. */
function fewerThanOrEqual(k: number, n: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return k >= n ? 1 : 0;
  const logs: number[] = [];
  for (let x = 0; x <= k; x += 1) logs.push(logChoose(n, x) + x * Math.log(p) + (n - x) * Math.log1p(-p));
  return sumOf(logs);
}

/** P(X ≤ k) of n drawn without putting back from `population`, of which `hits` hit. */
function fewerThanOrEqualOf(k: number, n: number, hits: number, population: number): number {
  const all = logChoose(population, n);
  const logs: number[] = [];
  for (let x = Math.max(0, n - (population - hits)); x <= Math.min(k, hits); x += 1)
    logs.push(logChoose(hits, x) + logChoose(population - hits, n - x) - all);
  return sumOf(logs);
}

/** Sum of what these are the logarithms of, without losing the small ones to the largest. */
function sumOf(logs: readonly number[]): number {
  if (logs.length === 0) return 0;
  const top = Math.max(...logs);
  if (top === Number.NEGATIVE_INFINITY) return 0;
  return Math.min(1, Math.exp(top) * logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
}

function logChoose(n: number, k: number): number {
  return k < 0 || k > n ? Number.NEGATIVE_INFINITY : logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln 0!, ln 1!, …: added up term by term, and from 1024 on by Stirling's series, whose fault there is below 1e-15. */
const FACTORIALS = [0];
for (let n = 1; n < 1024; n += 1) FACTORIALS.push((FACTORIALS[n - 1] ?? 0) + Math.log(n));

function logFactorial(n: number): number {
  const known = FACTORIALS[n];
  if (known !== undefined) return known;
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
