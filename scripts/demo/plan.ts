/**
 * The demo's four weeks: which run happens when, under which contract version, all counted back from one moment,
 * so that planning twice gives the same runs and sending them twice stores them once.
 */
import { type Chance, chanceFrom } from './random';
import { claimsRun, invoiceRun, refundRun, researchRun, settlementRun } from './runs';
import type { DemoRun } from './trace';

const DAY = 86_400_000;
/** Whatever the hour and the clock, all of it lies within the 30 calendar days that an agent's figures look back. */
const DAYS = 28;
export const CLAIMS_RUNS = 732;
/** Claims run under contract 1.2 until this one; 1.3 comes into force before it. */
const FIRST_UNDER_1_3 = 655;

/** Moments of `count` runs in the days before `end`, more of them by day than by night, in order. */
function moments(chance: Chance, count: number, end: number): number[] {
  const at: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const day = chance.between(1, DAYS);
    const hour = chance.chance(0.85) ? chance.between(7, 18) : chance.between(0, 23);
    const start = end - day * DAY + ((hour * 3_600_000 + chance.between(0, 3_599_999)) % DAY);
    at.push(Math.min(start, end - 10 * 60_000));
  }
  return at.sort((a, b) => a - b);
}

export interface DemoPlan {
  /** Runs under claims contract 1.2 and of all other agents, in order of time. */
  before: DemoRun[];
  /** Claims runs under contract 1.3, in order of time. */
  after: DemoRun[];
  /** The 732nd: the one that pages. Its times are set when it is sent, for it happens then. */
  breach: DemoRun;
}

export function planDemo(end: number): DemoPlan {
  const chance = chanceFrom(732);
  const claims = moments(chance, CLAIMS_RUNS - 1, end).map((startMs, index) =>
    claimsRun(chance, { index, startMs, version: index < FIRST_UNDER_1_3 ? '4.1.0' : '4.2.0' }),
  );
  const others = [
    ...moments(chance, 188, end).map((at, index) => refundRun(chance, index, at)),
    ...moments(chance, 96, end).map((at, index) => settlementRun(chance, index, at)),
    ...moments(chance, 141, end).map((at, index) => invoiceRun(chance, index, at)),
    ...moments(chance, 24, end).map((at, index) => researchRun(chance, index, at)),
  ];
  const breach = claimsRun(chance, {
    index: CLAIMS_RUNS - 1,
    startMs: end,
    version: '4.2.0',
    thirdPartyBankDetails: true,
  });
  return {
    before: [...claims.slice(0, FIRST_UNDER_1_3), ...others].sort((a, b) => a.startMs - b.startMs),
    after: claims.slice(FIRST_UNDER_1_3),
    breach,
  };
}
