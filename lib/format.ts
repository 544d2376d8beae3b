/**
 * The one formatter: every time, amount, duration, count and digest a person reads is written here.
 * Pure: takes the clock and the time zone as arguments, so the server and the browser write the same text.
 */

const LOCALE = 'en-GB';

/** ISO string, Date or milliseconds since 1970. */
export type Instant = string | number | Date;

function millis(at: Instant): number {
  return at instanceof Date ? at.getTime() : typeof at === 'number' ? at : Date.parse(at);
}

const formatters = new Map<string, Intl.DateTimeFormat>();
function dateFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let format = formatters.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone });
    formatters.set(key, format);
  }
  return format;
}

/** True for a zone this runtime knows, e.g. "Europe/Berlin". */
export function isTimeZone(zone: string): boolean {
  try {
    dateFormat(zone, {});
    return true;
  } catch {
    return false;
  }
}

/** "21 Nov 2026" */
export function formatDate(at: Instant, zone: string): string {
  return dateFormat(zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(millis(at));
}

/** "21 Nov": for axes and dense columns where the year is plain. */
export function formatDay(at: Instant, zone: string): string {
  return dateFormat(zone, { day: 'numeric', month: 'short' }).format(millis(at));
}

/** "Sat 21 Nov": for calendars. */
export function formatWeekday(at: Instant, zone: string): string {
  return `${dateFormat(zone, { weekday: 'short' }).format(millis(at))} ${formatDay(at, zone)}`;
}

export type ClockPrecision = 'minute' | 'second' | 'millisecond';

/** "02:04", "02:04:11" or "02:04:11.208", 24 hours. */
export function formatClock(at: Instant, zone: string, precision: ClockPrecision = 'second'): string {
  return dateFormat(zone, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(precision === 'minute' ? {} : { second: '2-digit' }),
    ...(precision === 'millisecond' ? { fractionalSecondDigits: 3 } : {}),
  }).format(millis(at));
}

/** What people call the zone at that moment: "CET", "GMT+9". */
export function formatZone(at: Instant, zone: string): string {
  if (zone === 'UTC') return 'UTC';
  const parts = dateFormat(zone, { timeZoneName: 'short' }).formatToParts(millis(at));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** "21 Nov 2026, 02:04:11 CET": the exact time with its zone. */
export function formatDateTime(at: Instant, zone: string, precision: ClockPrecision = 'second'): string {
  return `${formatDate(at, zone)}, ${formatClock(at, zone, precision)} ${formatZone(at, zone)}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "41 s ago", "in 3 min", "2 days ago"; "now" within a second. */
export function formatRelative(at: Instant, now: number): string {
  const delta = millis(at) - now;
  const size = Math.abs(delta);
  let amount: string;
  if (size < SECOND) return 'now';
  if (size < MINUTE) amount = `${Math.floor(size / SECOND)} s`;
  else if (size < HOUR) amount = `${Math.floor(size / MINUTE)} min`;
  else if (size < DAY) amount = `${Math.floor(size / HOUR)} h`;
  else if (size < 60 * DAY) amount = plural(Math.floor(size / DAY), 'day');
  else if (size < 730 * DAY) amount = plural(Math.floor(size / (30.44 * DAY)), 'month');
  else amount = plural(Math.floor(size / (365.25 * DAY)), 'year');
  return delta < 0 ? `${amount} ago` : `in ${amount}`;
}

/** Milliseconds as people say them: "812 µs", "3.4 ms", "620 ms", "38.2 s", "1 min 12 s", "1 h 12 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms === 0) return '0 s';
  // Each step is left before rounding would write its own limit ("1000 ms", "60.0 s", "60 min").
  if (ms < 0.9995) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 9.95) return `${fixed(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${fixed(ms / SECOND, 1)} s`;
  if (ms < HOUR - 500) return pair(Math.round(ms / SECOND), 60, 'min', 's');
  if (ms < DAY - 30_000) return pair(Math.round(ms / MINUTE), 60, 'h', 'min');
  return pair(Math.round(ms / HOUR), 24, 'd', 'h');
}

function pair(small: number, per: number, large: string, unit: string): string {
  const whole = Math.floor(small / per);
  const rest = small % per;
  return rest === 0 ? `${formatCount(whole)} ${large}` : `${formatCount(whole)} ${large} ${rest} ${unit}`;
}

/** One decimal, dropped when it is 0. */
function fixed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const wholeDollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 0,
});
const fineDollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  minimumFractionDigits: 2,
  maximumSignificantDigits: 2,
});

/** US dollars: "$12,400", "$0.29"; below ten cents with two significant digits: "$0.024", "$0.0042". */
export function formatMoney(usd: number): string {
  if (!Number.isFinite(usd)) return '–';
  const size = Math.abs(usd);
  if (size >= 1000 && Number.isInteger(usd)) return wholeDollars.format(usd);
  if (size === 0 || size >= 0.0995) return dollars.format(usd);
  if (size < 1e-9) return 'under $0.000000001';
  return fineDollars.format(usd);
}

const exactDollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 9,
});

/** A price as it was set, to its last decimal: "$0.0375", "$3.00". */
export function formatPrice(usd: number): string {
  return Number.isFinite(usd) ? exactDollars.format(usd) : '–';
}

/**
 * Figures of one right-aligned column with their decimal points under each other: shorter ones get blanks as wide as
 * the digits they lack. Texts without a digit ("unpriced") stay as they are.
 */
export function alignDecimals(texts: readonly string[]): string[] {
  const lengths = texts.map((text) => /\d(?:\.(\d+))?$/.exec(text)?.[1]?.length ?? 0);
  const longest = Math.max(0, ...lengths);
  return texts.map((text, index) => {
    const own = lengths[index] ?? 0;
    if (!/\d$/.test(text) || own === longest) return text;
    return `${text}${own === 0 ? POINT_BLANK : ''}${DIGIT_BLANK.repeat(longest - own)}`;
  });
}
const DIGIT_BLANK = '\u2007';
const POINT_BLANK = '\u2008';

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** "4,120" */
export function formatCount(value: number): string {
  return counts.format(value);
}

/** "1.2k", "3.4M": for tokens in tight columns. Exact below 10,000. */
export function formatCompact(value: number): string {
  if (Math.abs(value) < 10_000) return formatCount(value);
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
    .format(value)
    .replace('K', 'k');
}

/** A share 0–1: "98.5%". Never rounds up to 100% or down to 0% what is not quite so. */
export function formatPercent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return '–';
  const step = 10 ** digits;
  let scaled = Math.round(share * 100 * step);
  if (scaled >= 100 * step && share < 1) scaled = 100 * step - 1;
  if (scaled <= 0 && share > 0) scaled = 1;
  return `${fixed(scaled / step, digits)}%`;
}

/** A number as measured: at most `digits` decimals, trailing zeros dropped, thousands set apart. */
export function formatNumber(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return '–';
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(value);
}

const exactly = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });
/** A figure as it was agreed, to its last decimal: "2,500.5". What is signed is never rounded. */
export function formatExact(value: number): string {
  // Fifteen digits are all that a decimal keeps; what arithmetic adds behind them was never agreed.
  return Number.isFinite(value) ? exactly.format(Number(value.toPrecision(15))) : '–';
}

/** Dollars as they were agreed: "$6,000", "$1.375", "$0.50". */
export function formatExactMoney(usd: number): string {
  return Number.isInteger(usd) && Math.abs(usd) >= 1000 ? wholeDollars.format(usd) : formatPrice(usd);
}

/** A share 0–1 as it was agreed: "1.255%". */
export function formatExactPercent(share: number): string {
  return `${formatExact(share * 100)}%`;
}

/** "812 B", "1.2 kB", "3.4 MB" (1 kB = 1,000 B). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? fixed(value, 1) : Math.round(value)} ${units[unit] ?? 'B'}`;
}

/** "9f3c…e1a4" of a hex digest or id; short ones stay whole. */
export function shortDigest(digest: string): string {
  return digest.length <= 12 ? digest : `${digest.slice(0, 4)}…${digest.slice(-4)}`;
}

/** "1 run", "4,120 runs". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "Miriam, Tomas and Idris" */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(LOCALE, { type: 'conjunction' }).format(items);
}
