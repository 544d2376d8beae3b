import type { Tone } from '@/components/ui/tag';
import type { ShownState } from '@/lib/services/amendments/dto';

export const STATE_WORDS: Readonly<Record<ShownState, { word: string; tone: Tone }>> = {
  drafting: { word: 'draft', tone: 'plain' },
  open: { word: 'submitted', tone: 'accent' },
  'in-review': { word: 'in review', tone: 'accent' },
  'in-force': { word: 'in force', tone: 'low' },
  withdrawn: { word: 'withdrawn', tone: 'plain' },
  refused: { word: 'refused', tone: 'critical' },
  superseded: { word: 'superseded', tone: 'plain' },
};

export const amendmentHref = (number: number): string => `/amendments/${number}`;
