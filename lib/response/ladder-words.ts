import type { AuthorityLevel } from '@/lib/contract/schema';
import type { StepKind } from './ladder';

/** Authority levels as people say them. */
export const LEVEL_WORDS: Readonly<Record<AuthorityLevel, string>> = {
  'suggest-only': 'suggest only',
  'read-only': 'read only',
  'human-in-the-loop': 'human in the loop',
  bounded: 'bounded',
  continuous: 'continuous',
};

/** The steps of the ladder, from the mildest to the strictest. */
export const STEP_TITLES: Readonly<Record<StepKind, string>> = {
  warn: 'Warned',
  narrow: 'Narrowed',
  review: 'Under review',
  pause: 'Paused',
  recertify: 'To be certified again',
};

/** After "was": what was done to the agent. */
export const STEP_DONE: Readonly<Record<StepKind, string>> = {
  warn: 'warned',
  narrow: 'narrowed',
  review: 'put under review',
  pause: 'paused',
  recertify: 'sent to be certified again',
};

/** What each step does, for the person who takes it. */
export const STEP_EFFECTS: Readonly<Record<StepKind, string>> = {
  warn: 'People are told. Nothing is taken from the agent.',
  narrow: 'Its authority level falls at once and rises again when the gate passes.',
  review: 'A person approves every write and transaction until the gate passes.',
  pause: 'Its calls are blocked until a person lifts it.',
  recertify: 'Its calls are blocked until the gate passes.',
};
