'use client';

import { ActionForm } from '@/components/ui/action-form';
import { ButtonLink } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { EvidencePage } from '@/lib/services/evidence/evidence-page';
import type { RiskSince } from '@/lib/services/evidence/review-risk';
import type { AskedEvidenceDto } from '@/lib/services/gates/dto';
import { computeNow } from './actions';
import { BaselineDialog, ReadinessDialog, ValueDialog } from './case-dialogs';
import { EvalsDialog } from './evals-dialog';
import { RiskDialog } from './risk-dialog';
import { kindTitle } from './words';

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
    case 'rollout':
    case 'drift':
    case 'signals':
      return may.add && version !== null ? (
        <Compute
          agent={agent.name}
          version={version.number}
          kind={asked.kind}
          again={asked.evidence !== null}
        />
      ) : null;
    case 'backtest':
      return (
        <ButtonLink size="small" href="#backtest">
          Backtest
        </ButtonLink>
      );
    default:
      return null;
  }
}

const COMPUTE_WORDS = {
  lint: 'Lint',
  rollout: 'Compute',
  drift: 'Compute',
  signals: 'Check',
} as const;

/** Finds it out at once; what came of it stands in the row. */
function Compute({
  agent,
  version,
  kind,
  again,
}: {
  agent: string;
  version: number;
  kind: keyof typeof COMPUTE_WORDS;
  again: boolean;
}) {
  return (
    <ActionForm
      action={computeNow}
      className="grid gap-2 sm:justify-items-end"
      onDone={(state) => toast(state.message)}
    >
      <input type="hidden" name="agent" value={agent} />
      <input type="hidden" name="version" value={version} />
      <input type="hidden" name="kind" value={kind} />
      <SubmitButton variant="default" size="small">
        {COMPUTE_WORDS[kind]}
        {again ? ' again' : ''}
        <span className="sr-only">: {kindTitle(kind)}</span>
      </SubmitButton>
    </ActionForm>
  );
}
