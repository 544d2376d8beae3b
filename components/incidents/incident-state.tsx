import { Tag } from '@/components/ui/tag';
import type { IncidentState as State } from '@/lib/services/runs/run-row';

const LOOKS = {
  open: { tone: 'critical', word: 'Open' },
  acknowledged: { tone: 'medium', word: 'Acknowledged' },
  resolved: { tone: 'low', word: 'Resolved' },
} as const satisfies Record<State, unknown>;

export function IncidentState({ state, how }: { state: State; how?: 'resumed' | 'stopped' | null }) {
  const { tone, word } = LOOKS[state];
  return (
    <Tag tone={tone}>
      {word}
      {how === 'resumed' ? ', run resumed' : how === 'stopped' ? ', run stopped' : ''}
    </Tag>
  );
}
