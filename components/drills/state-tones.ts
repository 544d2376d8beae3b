import type { DrillItem } from '@/lib/services/drills/list-drills';

export const STATE_TONES: Readonly<Record<DrillItem['state'], 'low' | 'critical' | 'accent' | 'plain'>> = {
  running: 'accent',
  passed: 'low',
  failed: 'critical',
  skipped: 'plain',
};
