import type { Tone } from '@/components/ui/tag';
import type { EvalVerdict } from '@/lib/lifecycle/evals/judge-evals';
import { EVIDENCE_KINDS, isEvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';

export const OUTCOME_WORDS: Readonly<Record<EvidenceSummary['outcome'], { word: string; tone: Tone }>> = {
  passed: { word: 'passed', tone: 'low' },
  failed: { word: 'failed', tone: 'critical' },
  given: { word: 'given', tone: 'plain' },
};

export const ORIGIN_WORDS: Readonly<Record<EvidenceSummary['origin'], string>> = {
  computed: 'computed by Countersign',
  reported: 'reported',
  attached: 'attached',
};

export const VERDICT_WORDS: Readonly<Record<EvalVerdict, { word: string; tone: Tone }>> = {
  met: { word: 'met', tone: 'low' },
  'not-met': { word: 'not met', tone: 'critical' },
  'too-few': { word: 'too few samples', tone: 'medium' },
  stale: { word: 'too old', tone: 'medium' },
  missing: { word: 'no results', tone: 'medium' },
};

/** What a kind is called; one that is not known goes by its name. */
export function kindTitle(kind: string): string {
  return isEvidenceKind(kind) ? EVIDENCE_KINDS[kind].title : kind;
}
