import { DAY_US, EARLIEST_US } from '@/lib/telemetry/limits';
import type { RawSpan, SpanFault } from '@/lib/telemetry/span';

/**
 * Mends a span's times; all in microseconds since the epoch, 0 for one that was not sent.
 * A start that cannot be true is replaced by the receipt. When both ends come from the same wrong clock their
 * difference is still believed, up to a day.
 */
export function mendTimes(
  startUs: number,
  endUs: number,
  receivedAtUs: number,
  faults: SpanFault[],
): { startUs: number; durationUs: number } {
  const latest = receivedAtUs + DAY_US;
  const startOdd = startUs < EARLIEST_US || startUs > latest;
  if (endUs === 0) {
    if (startOdd) faults.push('implausible-time');
    faults.push('unfinished');
    return { startUs: startOdd ? receivedAtUs : startUs, durationUs: 0 };
  }
  const endOdd = endUs < EARLIEST_US || endUs > latest;
  if (startOdd || endOdd) faults.push('implausible-time');
  const durationUs = endUs - startUs;
  if (durationUs < 0) {
    // A start that lies in 2100 says nothing about the order of the two.
    if (startOdd === endOdd) faults.push('negative-duration');
    return { startUs: startOdd ? receivedAtUs : startUs, durationUs: 0 };
  }
  if (startOdd === endOdd) {
    if (!startOdd) return { startUs, durationUs };
    return { startUs: receivedAtUs, durationUs: durationUs <= DAY_US ? durationUs : 0 };
  }
  return { startUs: startOdd ? receivedAtUs : startUs, durationUs: 0 };
}

/** Gives events whose time cannot be true their span's start. */
export function mendEventTimes(
  events: RawSpan['events'],
  startUs: number,
  receivedAtUs: number,
  faults: SpanFault[],
): void {
  for (const event of events) {
    if (event.atUs >= EARLIEST_US && event.atUs <= receivedAtUs + DAY_US) continue;
    event.atUs = startUs;
    if (!faults.includes('implausible-time')) faults.push('implausible-time');
  }
}
