import { Band } from '@/components/ui/band';
import { Tag } from '@/components/ui/tag';
import type { RunRow } from '@/lib/services/runs/run-row';

/** The band of a run; one that only asked for decisions has none, since nothing is known of what it did. */
export function RunBand({ run }: { run: Pick<RunRow, 'band'> }) {
  if (run.band !== null) return <Band band={run.band} />;
  return (
    <span title="Its agent has only asked for decisions: what it did was not recorded">
      <Tag>Decisions only</Tag>
    </span>
  );
}
