import { createHmac } from 'node:crypto';
import { reviewTerms } from '@/lib/contract/terms';
import type { Contract } from '../contract/schema';

/** What counts when a run is drawn for review. */
interface SettledRun {
  id: string;
  /** 0: it only asked for decisions, so there is nothing to look at. */
  spanCount: number;
  breachCount: number;
  /** allow, degrade, escalate, block: the strictest that any of its calls got. */
  lane: string;
}

export interface Drawn {
  /** silent: by the share of silent runs; noticed: by the share of all others. */
  because: 'silent' | 'noticed';
  /** The run's own number, and the share it is below. */
  draw: number;
  share: number;
  reviewers: number;
  withinDays: number;
}

/** No clause broken, and nothing escalated or blocked: nobody had a reason to look at it. */
export function isSilent({ breachCount, lane }: Pick<SettledRun, 'breachCount' | 'lane'>): boolean {
  return breachCount === 0 && (lane === 'allow' || lane === 'degrade');
}

/**
 * A run's own number, 0 to below 1: HMAC-SHA-256 of its id under the workspace's secret. It is the same whenever and by
 * whomever it is asked for, so nobody draws again until the lot suits them; and without the secret nobody can tell it, so that no
 * agent behaves better in the runs that somebody will look at, and nobody picks runs that will not be.
 */
export function drawOf(secret: Uint8Array, runId: string): number {
  const digest = createHmac('sha256', secret).update(runId.toLowerCase()).digest();
  // 48 bits: every one of them is exact in a double.
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** Whether subject experts review a run by the contract it ran under; null when not. */
export function drawRun(
  contract: Pick<Contract, 'quality'>,
  run: SettledRun,
  secret: Uint8Array,
): Drawn | null {
  const terms = reviewTerms(contract);
  if (terms === null || run.spanCount === 0) return null;
  const because = isSilent(run) ? 'silent' : 'noticed';
  const share = because === 'silent' ? terms.silentShare : terms.share;
  if (share === 0) return null;
  const draw = drawOf(secret, run.id);
  const { reviewers, withinDays } = terms;
  return draw < share ? { because, draw, share, reviewers, withinDays } : null;
}
