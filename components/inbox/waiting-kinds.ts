import type { WaitingItem } from '@/lib/services/inbox/list-waiting';

export const WAITING_KINDS: Record<WaitingItem['kind'], string> = {
  incident: 'Incident',
  drill: 'Drill',
  gate: 'Gate',
  'change-request': 'Change asked for',
  verdict: 'Verdict',
  amendment: 'Amendment',
  'kill-switch': 'Kill switch',
  'expert-review': 'Expert review',
};
