import { setImmediate as breathe } from 'node:timers/promises';
import { policyOf } from '@/lib/contract/decides';
import type { Contract } from '@/lib/contract/schema';
import { type RecordedEvent, replay, type Seat } from '@/lib/decision/backtest';
import { type BacktestReport, type Outcome, Tally } from '@/lib/decision/backtest-report';
import { compile } from '@/lib/decision/compile';
import { CATEGORY_OF } from '@/lib/scoring/detectors';
import { OutcomeWatcher, outcomeOf } from '@/lib/scoring/replayed-outcome';
import { ceilingResponse } from '@/lib/scoring/severity';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { type RecordedRun, recordedRuns, type Window } from './recorded-runs';
import { SpentByOthers } from './spent-by-others';

/** Longer than this it does not keep others of its process waiting, milliseconds. */
const AT_A_STRETCH_MS = 8;

/**
 * Replays every run of the window through a contract. Yields to others of the process every few milliseconds and holds a
 * few hundred runs at a time.
 *
 * @param changed clauses in which the contract differs from the one it is compared with
 * @param progress told after each page how many runs are done; answers false to stop
 * @returns null when it was stopped
 */
export async function replayRuns(
  window: Window & { days: number },
  contract: Contract,
  changed: readonly string[],
  progress: (done: number) => Promise<boolean>,
): Promise<BacktestReport | null> {
  const candidate = seatOf(contract, compile(policyOf(contract)));
  const known = new Map<string, KnownSeat>();
  const spent = await SpentByOthers.before(window);
  // The level of today is no matter: when a version comes into force, the agent gets that version's.
  const standing = { authorityLevel: 'continuous' as const, spentByOthers: spent.at };
  const tally = new Tally();
  let done = 0;
  let since = performance.now();
  for await (const page of recordedRuns(window)) {
    for (const run of page) {
      const under = await underOf(run, known);
      const watcher = new OutcomeWatcher(contract, candidate.policy);
      tally.add(run, replay(candidate, under, run.events, standing, watcher));
      const before = recordedOutcome(run, under?.contract ?? null);
      tally.addOutcome(run, before, watcher.outcome(), spentBy(run.events));
      spent.add(run.events);
      if (performance.now() - since < AT_A_STRETCH_MS) continue;
      await breathe();
      since = performance.now();
    }
    done += page.length;
    if (!(await progress(done))) return null;
    since = performance.now();
  }
  return tally.report(
    { since: window.since.toISOString(), until: window.until.toISOString(), days: window.days },
    changed,
  );
}

function recordedOutcome({ band, severities, ceilings }: RecordedRun, contract: Contract | null): Outcome {
  const own = contract === null ? [] : ceilings.flatMap((code) => ceilingResponse(code, contract) ?? []);
  return outcomeOf(band, new Set(severities), contract, new Set(own));
}

interface KnownSeat extends Seat {
  contract: Contract;
}

/** All a run spent, US dollars. */
function spentBy(events: readonly RecordedEvent[]): number {
  let usd = 0;
  for (const event of events) if (event.kind === 'usage') usd += event.costUsd;
  return usd;
}

/** The contract a run was under; null when there was none. */
async function underOf(run: RecordedRun, known: Map<string, KnownSeat>): Promise<KnownSeat | null> {
  if (run.versionId === null) return null;
  const before = known.get(run.versionId);
  if (before !== undefined) return before;
  const { contract, compiled } = await contractVersion(run.versionId);
  const seat = { ...seatOf(contract, compiled), contract };
  known.set(run.versionId, seat);
  return seat;
}

function seatOf(contract: Contract, policy: Seat['policy']): Seat {
  return { policy, detects: new Set(contract.risk.detectors.map((name) => CATEGORY_OF[name])) };
}
