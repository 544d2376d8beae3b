import type { AuthorityLevel } from '@/lib/contract/schema';

export const AUTHORITY_WORDS: Record<AuthorityLevel, string> = {
  'suggest-only': 'suggest only',
  'read-only': 'read only',
  'human-in-the-loop': 'human in the loop',
  bounded: 'bounded',
  continuous: 'continuous',
};
