import { type Fingerprint, PARTS, type Part } from './fingerprint';

/** What can differ between a run and those before it that did well. */
export const FACTORS = ['contract', ...PARTS] as const;
export type Factor = (typeof FACTORS)[number];

/** A run as far as it is compared. */
export interface ComparedRun {
  key: string;
  /** ISO 8601. */
  startedAt: string;
  /** What the version it was held to is called ("1.3"), with its digest; null when it was held to nothing. */
  contract: { name: string; digest: string } | null;
  fingerprint: Fingerprint;
}

export type Finding = { factor: Factor } & (
  | {
      state: 'changed';
      /** What this run has. For tools and categories only what is new. */
      now: string[];
      /** What good runs had before; empty for tools and categories, of which a run may have any number. */
      before: string[];
      /** The first run known to have it: this run, or a good one before it. */
      since: { key: string; startedAt: string };
      /** Good runs that had it already, since it changed. */
      goodSince: number;
      /** Good runs before that, which had it not. */
      goodBefore: number;
    }
  | { state: 'same'; now: string[]; runs: number }
  /** It goes back and forth between good runs, so that it tells nothing. */
  | { state: 'varies'; now: string[]; sameIn: number; runs: number }
  | { state: 'unknown'; why: 'not-said' | 'no-run-says' | 'cut' }
);

export interface Attribution {
  /** Good runs it was compared with, the newest `runs`. */
  runs: number;
  findings: Finding[];
}

/** Runs may go back and forth so often before a factor is said to vary. */
const MOST_TURNS = 2;

/**
 * Which of contract, code, models, prompts, tools and data a run has otherwise than the good runs before it, and since
 * when. It names what changed, never a cause.
 *
 * Contract, code, models and prompts count as one value each: changed when an unbroken row of runs up to this one has the
 * run's value and those before have another. A run calls any number of tools and touches any number of categories: there an
 * item has changed when it is new, that is when no good run of the older half of the window had it.
 *
 * @param good runs of the same agent that ended before it without a severe breach, newest first
 */
export function attribute(run: ComparedRun, good: readonly ComparedRun[]): Attribution {
  return {
    runs: good.length,
    findings: FACTORS.map((factor) =>
      factor === 'tools' || factor === 'categories'
        ? compareItems(factor, run, good)
        : compareValue(factor, run, good),
    ),
  };
}

function valuesOf(run: ComparedRun, factor: Exclude<Factor, 'tools' | 'categories'>): string[] {
  if (factor !== 'contract') return run.fingerprint[factor];
  return run.contract === null ? [] : [run.contract.name];
}

/** What two runs are compared by: names may stay while a document changes. */
function identityOf(run: ComparedRun, factor: Exclude<Factor, 'tools' | 'categories'>): string {
  return factor === 'contract' ? (run.contract?.digest ?? '') : run.fingerprint[factor].join('\n');
}

function compareValue(
  factor: Exclude<Factor, 'tools' | 'categories'>,
  run: ComparedRun,
  good: readonly ComparedRun[],
): Finding {
  const now = valuesOf(run, factor);
  if (isCut(run, factor)) return { factor, state: 'unknown', why: 'cut' };
  if (now.length === 0) return { factor, state: 'unknown', why: 'not-said' };
  const said = good.filter((one) => valuesOf(one, factor).length > 0 && !isCut(one, factor));
  if (said.length === 0) return { factor, state: 'unknown', why: 'no-run-says' };
  const identity = identityOf(run, factor);
  const same = said.map((one) => identityOf(one, factor) === identity);
  const goodSince = same.indexOf(false);
  if (goodSince === -1) return { factor, state: 'same', now, runs: said.length };
  const turns = same.filter((is, index) => index > 0 && is !== same[index - 1]).length;
  if (turns > MOST_TURNS)
    return { factor, state: 'varies', now, sameIn: same.filter((is) => is).length, runs: said.length };
  const last = said[goodSince];
  return {
    factor,
    state: 'changed',
    now,
    before: last === undefined ? [] : valuesOf(last, factor),
    since: nameOf(said[goodSince - 1] ?? run),
    goodSince,
    goodBefore: said.length - goodSince,
  };
}

function compareItems(
  factor: 'tools' | 'categories',
  run: ComparedRun,
  good: readonly ComparedRun[],
): Finding {
  const now = run.fingerprint[factor];
  if (isCut(run, factor)) return { factor, state: 'unknown', why: 'cut' };
  // Good runs that touched no data or called no tool say so, as long as their spans said anything at all.
  const said = good.filter((one) => !isCut(one, factor) && isKnown(one.fingerprint));
  if (said.length === 0) return { factor, state: 'unknown', why: 'no-run-says' };
  if (now.length === 0 && !isKnown(run.fingerprint)) return { factor, state: 'unknown', why: 'not-said' };
  let oldest = -1;
  const fresh: string[] = [];
  const counts: number[] = [];
  for (const item of now) {
    const first = said.findLastIndex((one) => one.fingerprint[factor].includes(item));
    if (first >= (said.length - 1) / 2) continue;
    fresh.push(item);
    counts.push(said.filter((one) => one.fingerprint[factor].includes(item)).length);
    oldest = Math.max(oldest, first);
  }
  if (fresh.length === 0) return { factor, state: 'same', now, runs: said.length };
  return {
    factor,
    state: 'changed',
    now: fresh,
    before: [],
    since: nameOf(said[oldest] ?? run),
    goodSince: Math.max(...counts),
    goodBefore: said.length - 1 - oldest,
  };
}

function isCut(run: ComparedRun, factor: Factor): boolean {
  return factor !== 'contract' && run.fingerprint.cut.includes(factor);
}

function isKnown(fingerprint: Fingerprint): boolean {
  return PARTS.some((part: Part) => fingerprint[part].length > 0);
}

function nameOf({ key, startedAt }: ComparedRun): { key: string; startedAt: string } {
  return { key, startedAt };
}
