import type { AuthorityLevel } from '@/lib/contract/schema';
import type { Stage } from '@/lib/services/agents/agent-filters';

export const STAGE_WORDS: Record<Stage, string> = {
  discovery: 'Discovery',
  scoping: 'Scoping',
  build: 'Build',
  review: 'Review',
  rollout: 'Rollout',
  production: 'Production',
};

export const AUTHORITY_WORDS: Record<AuthorityLevel, string> = {
  'suggest-only': 'suggest only',
  'read-only': 'read only',
  'human-in-the-loop': 'human in the loop',
  bounded: 'bounded',
  continuous: 'continuous',
};
