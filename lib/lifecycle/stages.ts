/** Where an agent stands between an idea and its work, from the first to the last. */
export const STAGES = ['discovery', 'scoping', 'build', 'review', 'rollout', 'production'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  discovery: 'Discovery',
  scoping: 'Scoping',
  build: 'Build',
  review: 'Review',
  rollout: 'Rollout',
  production: 'Production',
};

/** What is done at a stage, in one line. */
export const STAGE_MEANS: Readonly<Record<Stage, string>> = {
  discovery: 'Whether the work is worth giving to an agent is found out.',
  scoping: 'The contract is written: what it may do, who owns it, how it is measured.',
  build: 'It is built and tested against its contract.',
  review: 'It is replayed, drilled and reviewed for real-world risk.',
  rollout: 'It does real work under close watch.',
  production: 'It does its work, and what was agreed is attested again and again.',
};

/** Stages where the version in force does real work, so that it must have been agreed to. */
export const LIVE_STAGES = ['rollout', 'production'] as const satisfies readonly Stage[];

export function isStage(text: string): text is Stage {
  return STAGES.some((stage) => stage === text);
}

export function isLive(stage: Stage): boolean {
  return LIVE_STAGES.some((live) => live === stage);
}

/** Negative when `one` comes before `other`, 0 when they are the same. */
export function compareStages(one: Stage, other: Stage): number {
  return STAGES.indexOf(one) - STAGES.indexOf(other);
}

/** The stages an agent can be sent back to: every one before its own, the nearest last. */
export function fallbackTargets(stage: Stage): Stage[] {
  return STAGES.slice(0, STAGES.indexOf(stage));
}
