/** A share of 1, as `unitKey` has it: what was true or false, met or not. */
const SHARE_KEY = 'share';
const PER_CENT_KEY = '%';

const SPELLINGS: Readonly<Record<string, string>> = {
  ...{ percent: PER_CENT_KEY, pct: PER_CENT_KEY, percentage: PER_CENT_KEY },
  // UCUM, which OpenTelemetry writes units in, has 1 for a ratio.
  ...{ ratio: SHARE_KEY, fraction: SHARE_KEY, '1': SHARE_KEY },
  ...{ $: 'usd', us$: 'usd', '€': 'eur', '£': 'gbp' },
};

/**
 * A unit whatever its case, spaces and plural ("Stars", "star"; "per cent", "%"); null for none. Nothing that has to be worked
 * out is alike: seconds and milliseconds are two units, and so are euros and dollars.
 */
export function unitKey(unit: string | null | undefined): string | null {
  const bare = (unit ?? '').toLowerCase().replaceAll(/[\s_-]+/g, '');
  if (bare === '') return null;
  const known = Object.hasOwn(SPELLINGS, bare) ? SPELLINGS[bare] : undefined;
  // Not "ms" or "gbps": a plural is told from four letters on.
  return known ?? (/^[a-z]{3,}s$/.test(bare) && !bare.endsWith('ps') ? bare.slice(0, -1) : bare);
}

/**
 * By how much a value in `unit` is multiplied to be in `wanted`; null when no factor does it. A value that says no unit is in
 * the wanted one.
 *
 * @param wanted as `unitKey` has it
 */
export function factorBetween(unit: string | null, wanted: string | null): number | null {
  const given = unitKey(unit);
  if (given === null || given === wanted) return 1;
  if (given === PER_CENT_KEY && wanted === SHARE_KEY) return 0.01;
  return given === SHARE_KEY && wanted === PER_CENT_KEY ? 100 : null;
}
