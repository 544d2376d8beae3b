/**
 * What G5 holds a rollout to: enough real runs, and about 85% of them silent, as operation is promised (nobody had to look:
 * no clause was broken and no call was escalated or blocked).
 */
export const ROLLOUT_TARGETS = { leastRuns: 50, silentShare: 0.85 } as const;
