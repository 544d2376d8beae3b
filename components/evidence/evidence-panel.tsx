import { SidePanel } from '@/components/ui/side-panel';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';
import { EvidenceDetailById } from './evidence-detail';

/** All of one piece of evidence at the side; closed when none is chosen. */
export function EvidencePanel({ open, onClose }: { open: EvidenceSummary | null; onClose: () => void }) {
  return (
    <SidePanel
      open={open !== null}
      onClose={onClose}
      title={open?.title ?? ''}
      label={`Evidence: ${open?.title ?? ''}`}
    >
      {open === null ? null : <EvidenceDetailById id={open.id} />}
    </SidePanel>
  );
}
