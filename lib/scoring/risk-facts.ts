import type { ActionClass, Band } from '@/lib/contract/schema';
import { addSpanRisk, bandOf, emptyRiskSums, type RiskProfile, runRisk, spanRisk } from './risk';

/** One way in which calls touched data; many calls of many runs share it. */
export interface TouchKind {
  categories: readonly string[];
  /** Null: the contract did not know the tool. */
  action: ActionClass | null;
  egress: boolean;
}

/** What the risk of a recorded run hangs on, whatever the profile: which kinds of call it made, and how often. */
export interface RunTouches {
  id: string;
  key: string;
  /** ISO. */
  startedAt: string;
  /** As it was scored when it happened. */
  band: Band;
  /** [index into `kinds`, how many calls], in the order of `kinds`. */
  touches: readonly (readonly [kind: number, calls: number])[];
}

/** The calls of recent runs, without their contents. */
export interface RiskFacts {
  kinds: readonly TouchKind[];
  /** Newest first. */
  runs: readonly RunTouches[];
}

export interface RunUnder {
  risk: number;
  band: Band;
}

/** What each run's risk and band are under a profile, in the order of `facts.runs`. */
export function runsUnder(profile: RiskProfile, { kinds, runs }: RiskFacts): RunUnder[] {
  const risks = kinds.map((kind) => spanRisk(profile, kind));
  return runs.map(({ touches }) => {
    const sums = emptyRiskSums();
    for (const [kind, calls] of touches) {
      const risk = risks[kind] ?? 0;
      if (risk !== 0) for (let call = 0; call < calls; call += 1) addSpanRisk(sums, risk);
    }
    const risk = runRisk(profile, sums);
    return { risk, band: bandOf(profile.thresholds, risk) };
  });
}

export interface MovedRun {
  run: RunTouches;
  from: RunUnder;
  to: RunUnder;
}

export interface ProfilePreview {
  /** Runs looked at. */
  runs: number;
  before: Record<Band, number>;
  after: Record<Band, number>;
  /** Runs whose band is another, those that moved furthest first, then the newest. */
  moved: MovedRun[];
  up: number;
  down: number;
  /** Runs that were scored with another band than `before` gives: under an older profile. */
  scoredOtherwise: number;
}

/** Which recent runs would be in another band under another profile. */
export function previewProfile(before: RiskProfile, after: RiskProfile, facts: RiskFacts): ProfilePreview {
  const was = runsUnder(before, facts);
  const becomes = runsUnder(after, facts);
  const preview: ProfilePreview = {
    runs: facts.runs.length,
    before: noBands(),
    after: noBands(),
    moved: [],
    up: 0,
    down: 0,
    scoredOtherwise: 0,
  };
  for (const [index, run] of facts.runs.entries()) {
    const from = was[index];
    const to = becomes[index];
    if (from === undefined || to === undefined) continue;
    preview.before[from.band] += 1;
    preview.after[to.band] += 1;
    if (run.band !== from.band) preview.scoredOtherwise += 1;
    if (from.band === to.band) continue;
    preview.moved.push({ run, from, to });
    if (rank(to.band) > rank(from.band)) preview.up += 1;
    else preview.down += 1;
  }
  preview.moved.sort((a, b) => distance(b) - distance(a));
  return preview;
}

const RANK: Readonly<Record<Band, number>> = { low: 0, medium: 1, high: 2, critical: 3 };
const rank = (band: Band) => RANK[band];
const distance = ({ from, to }: MovedRun) => Math.abs(rank(to.band) - rank(from.band));
const noBands = (): Record<Band, number> => ({ low: 0, medium: 0, high: 0, critical: 0 });

/** How far a data category was reached: calls by what they may do with it. */
export interface Exposure {
  category: string;
  runs: number;
  calls: number;
  read: number;
  write: number;
  transact: number;
  /** Calls of tools the contract did not know. */
  unknown: number;
  /** Calls that can carry data out, of whatever class. */
  egress: number;
  /** Keys of the newest runs that touched it. */
  latest: string[];
}

const LATEST = 3;

/** Which data categories the runs touched, the most calls first. A call that touched several counts for each. */
export function exposureOf({ kinds, runs }: RiskFacts): Exposure[] {
  const rows = new Map<string, Exposure>();
  for (const { key, touches } of runs) {
    const seen = new Set<string>();
    for (const [index, calls] of touches) {
      const kind = kinds[index];
      if (kind === undefined) continue;
      for (const category of new Set(kind.categories)) {
        const row = rows.get(category) ?? {
          category,
          runs: 0,
          calls: 0,
          read: 0,
          write: 0,
          transact: 0,
          unknown: 0,
          egress: 0,
          latest: [],
        };
        rows.set(category, row);
        row.calls += calls;
        row[kind.action ?? 'unknown'] += calls;
        if (kind.egress) row.egress += calls;
        if (seen.has(category)) continue;
        seen.add(category);
        row.runs += 1;
        if (row.latest.length < LATEST) row.latest.push(key);
      }
    }
  }
  return [...rows.values()].sort((a, b) => b.calls - a.calls || (a.category < b.category ? -1 : 1));
}

/** One column of a histogram: runs with a risk from `from` up to below `to`; the last has no end. */
export interface RiskBin {
  from: number;
  to: number | null;
  runs: number;
}

const COLUMNS = 24;
const STEPS = [1, 2, 2.5, 5, 10];

/**
 * How many runs came to which risk, in at most 25 columns of one round width that reach past the critical threshold; what
 * lies far beyond is in the last. A column that a threshold falls into is cut there, so each is of one band.
 */
export function riskHistogram(risks: readonly number[], thresholds: RiskProfile['thresholds']): RiskBin[] {
  if (risks.length === 0) return [];
  const reach = Math.min(Math.max(...risks), 2.5 * thresholds.critical);
  const top = Math.max(reach, thresholds.critical * 1.2);
  const width = roundUp(top / COLUMNS);
  const count = Math.max(1, Math.ceil(top / width));
  const { medium, high, critical } = thresholds;
  const round = Array.from({ length: count }, (_, index) => index * width);
  const cuts = [medium, high, critical].filter((at) => at > 0);
  // A round edge within rounding error of a threshold gives way to it.
  const edges = [...round.filter((edge) => !cuts.some((at) => Math.abs(at - edge) < width * 1e-6)), ...cuts];
  const from = [...new Set(edges)].sort((a, b) => a - b);
  const bins = from.map((edge, index): RiskBin => ({ from: edge, to: from[index + 1] ?? null, runs: 0 }));
  for (const risk of risks) {
    const bin = bins.findLast((each) => risk >= each.from) ?? bins[0];
    if (bin !== undefined) bin.runs += 1;
  }
  return bins;
}

function roundUp(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step = STEPS.find((each) => each * power >= width - 1e-12) ?? 10;
  return step * power;
}
