'use client';

import { ActionForm } from '@/components/ui/action-form';
import { ButtonLink } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { EvidencePage } from '@/lib/services/evidence/evidence-page';
import type { RiskSince } from '@/lib/services/evidence/review-risk';
import type { AskedEvidenceDto } from '@/lib/services/gates/dto';
import { lintVersion } from './actions';
import { BaselineDialog, ReadinessDialog, ValueDialog } from './case-dialogs';
import { EvalsDialog } from './evals-dialog';
import { RiskDialog } from './risk-dialog';

/** The step that makes a kind of evidence; nothing for those who may not, and while there is no version to speak of. */
export function MakeEvidence({
  asked,
  data,
  risk,
  blocked,
}: {
  asked: AskedEvidenceDto;
  data: EvidencePage;
  risk: RiskSince | null;
  blocked: boolean;
}) {
  const { agent, version, may } = data;
  if (blocked) return null;
  if (asked.where !== 'evidence')
    return (
      <ButtonLink size="small" href={`/agents/${encodeURIComponent(agent.name)}/${asked.where}`}>
        {asked.where === 'scenarios' ? 'Scenarios' : 'Drills'}
      </ButtonLink>
    );
  switch (asked.kind) {
    case 'baseline':
      return may.stateCase ? <BaselineDialog agent={agent.name} before={data.baseline} /> : null;
    case 'value':
      return may.stateCase ? <ValueDialog agent={agent.name} baseline={data.baseline} /> : null;
    case 'autonomy-readiness':
      return may.stateCase ? <ReadinessDialog agent={agent.name} /> : null;
    case 'risk-review':
      return risk === null ? null : <RiskDialog risk={risk} />;
    case 'evals':
      return may.add && version !== null ? <EvalsDialog agent={agent.name} version={version} /> : null;
    case 'lint':
      return may.add && version !== null ? <LintNow agent={agent.name} version={version.number} /> : null;
    default:
      return null;
  }
}

function LintNow({ agent, version }: { agent: string; version: number }) {
  return (
    <ActionForm
      action={lintVersion}
      className="grid justify-items-end gap-2"
      onDone={(state) => toast(state.message)}
    >
      <input type="hidden" name="agent" value={agent} />
      <input type="hidden" name="version" value={version} />
      <SubmitButton variant="default" size="small">
        Run lint
      </SubmitButton>
    </ActionForm>
  );
}
