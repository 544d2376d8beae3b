import { z } from 'zod';
import type { RunState } from '@/lib/decision/types';

/** A time in which people held a run back: it may make no call. Epoch milliseconds; `until` is Infinity while it lasts. */
export interface Hold {
  from: number;
  until: number;
  as: Exclude<RunState['status'], 'running' | 'finished'>;
}

/** `run.pauses`: pauses that ended, as [from, until] in epoch milliseconds. */
export const pausesSchema = z.array(z.tuple([z.number(), z.number()]));

/** Clocks of agents and of this machine differ, and news of a pause takes its time: so much is held against nobody. */
export const TOLERANCE_MS = 5000;

/** All that held a run, oldest first: pauses that ended, and the pause or the stop it is under. */
export function holdsOf(run: {
  status: RunState['status'];
  pauses: readonly (readonly [number, number])[];
  pausedAt: Date | null;
  stopRequestedAt: Date | null;
  stoppedAt: Date | null;
}): Hold[] {
  const holds = run.pauses.map(([from, until]): Hold => ({ from, until, as: 'paused' }));
  if (run.status === 'paused' && run.pausedAt !== null)
    holds.push({ from: run.pausedAt.getTime(), until: Number.POSITIVE_INFINITY, as: 'paused' });
  if (run.stopRequestedAt !== null) {
    const until = run.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY;
    holds.push({ from: run.stopRequestedAt.getTime(), until, as: 'stopping' });
    if (run.stoppedAt !== null) holds.push({ from: until, until: Number.POSITIVE_INFINITY, as: 'stopped' });
  }
  return holds;
}

/**
 * The status that a recorded call met: that of the hold it began in. A call counts as made in a hold when it began more
 * than the tolerance after it and was recorded after it; the tolerance holds at its end too, unless the call was
 * recorded before that. So the answer is the same whenever it is asked.
 */
export function statusAt(holds: readonly Hold[], startMs: number, receivedMs: number): RunState['status'] {
  for (const hold of holds) if (isMadeIn(hold, startMs, receivedMs)) return hold.as;
  return 'running';
}

/** Whether a call counts as made while something held it back: see `statusAt`. */
export function isMadeIn(
  { from, until }: { from: number; until: number },
  startMs: number,
  receivedMs: number,
): boolean {
  if (startMs <= from + TOLERANCE_MS || receivedMs <= from) return false;
  return startMs < until - TOLERANCE_MS || (startMs < until && receivedMs < until);
}
