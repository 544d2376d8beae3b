/** Why somebody is paged at a step. */
export const PAGE_KINDS = ['operator', 'escalation', 'last-resort', 'reassigned', 'snooze'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

/** A step of telling people, before it is stored. */
export interface PlannedStep {
  /** Its place in the round; 0 is the operator. */
  step: number;
  kind: PageKind;
  /** Whom the contract names: a person's e-mail or a schedule's address. */
  address: string;
  dueAt: Date;
}

/** A step that has not been taken yet. */
export interface WaitingStep {
  id: string;
  step: number;
  kind: PageKind;
  dueAt: Date;
}

const MINUTE_MS = 60_000;

/**
 * The steps a contract asks for: the operator at once, then the escalation path, each so many minutes after `pagedAt`, the
 * soonest first. Of two with the same minutes the one the contract names first comes first.
 */
export function planRound(
  ownership: { operator: string; escalation: readonly { to: string; afterMinutes: number }[] },
  pagedAt: Date,
): PlannedStep[] {
  const path = ownership.escalation.toSorted((a, b) => a.afterMinutes - b.afterMinutes);
  return [
    { step: 0, kind: 'operator', address: ownership.operator, dueAt: pagedAt },
    ...path.map(({ to, afterMinutes }, index) => ({
      step: index + 1,
      kind: 'escalation' as const,
      address: to,
      dueAt: new Date(pagedAt.getTime() + afterMinutes * MINUTE_MS),
    })),
  ];
}

/**
 * What follows when a step found nobody to tell: the next step of the path comes at once, and behind the last one the last
 * resort. The end of a snooze pages again whatever else waits, so it is not brought forward.
 */
export function afterNobody(waiting: readonly WaitingStep[]): WaitingStep | 'last-resort' {
  const [next] = waiting
    .filter((step) => step.kind !== 'snooze')
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || a.step - b.step);
  return next ?? 'last-resort';
}

/**
 * When the waiting steps are due while an incident is snoozed until `until`: as long after its end as they would have been
 * after now, at its end when they are overdue. One that is snoozed anew counts from the end of the snooze before.
 */
export function snoozed(waiting: readonly WaitingStep[], now: Date, until: Date): WaitingStep[] {
  const before = waiting.find((step) => step.kind === 'snooze');
  const from = Math.max(now.getTime(), before?.dueAt.getTime() ?? 0);
  const by = until.getTime() - from;
  return waiting
    .filter((step) => step.kind !== 'snooze')
    .map((step) => ({ ...step, dueAt: new Date(Math.max(step.dueAt.getTime(), from) + by) }));
}
