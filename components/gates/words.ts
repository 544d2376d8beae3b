import type { Tone } from '@/components/ui/tag';
import type { SigningMethod } from '@/lib/evidence/statement';
import type { EvidenceState } from '@/lib/lifecycle/standing';
import type { ReviewState, VersionDto } from '@/lib/services/gates/dto';

export const REVIEW_WORDS: Readonly<Record<ReviewState, { word: string; tone: Tone }>> = {
  open: { word: 'open', tone: 'accent' },
  passed: { word: 'passed', tone: 'low' },
  declined: { word: 'declined', tone: 'critical' },
  withdrawn: { word: 'withdrawn', tone: 'plain' },
  expired: { word: 'expired', tone: 'medium' },
  superseded: { word: 'superseded', tone: 'plain' },
};

/** How somebody proved that it was them, as it stands after "signed". */
export const METHOD_WORDS: Readonly<Record<SigningMethod, string>> = {
  passkey: 'with a passkey',
  password: 'with a password',
  oidc: 'with a fresh sign-in',
  demo: 'by typing their name, in the demo',
};

/** Told apart by shape and word, not by colour alone. */
export const EVIDENCE_MARKS: Readonly<Record<EvidenceState, { mark: string; word: string; colour: string }>> =
  {
    present: { mark: '✓', word: 'present', colour: 'text-low' },
    missing: { mark: '–', word: 'missing', colour: 'text-medium' },
    stale: { mark: '◷', word: 'no longer fresh', colour: 'text-medium' },
    failed: { mark: '✕', word: 'failed', colour: 'text-critical' },
  };

/** What is said of a piece of evidence beside its own title: "Eval results failed: 53%…" becomes "Failed: 53%…". */
export function reasonBeside({ title, reason }: { title: string; reason: string }): string {
  const rest = reason.startsWith(`${title} `) ? reason.slice(title.length + 1) : reason;
  const said = rest.replace(/^(?:is|are) (?=missing|no longer|from)/, '');
  return said.charAt(0).toUpperCase() + said.slice(1);
}

export const versionName = (version: Pick<VersionDto, 'label'>): string => `v${version.label}`;

export const reviewHref = (id: string): string => `/review/${encodeURIComponent(id)}`;
export const lifecycleHref = (agent: string): string => `/agents/${encodeURIComponent(agent)}/lifecycle`;
/** Where a kind of evidence is made. */
export const makeHref = (agent: string, where: 'evidence' | 'scenarios' | 'drills'): string =>
  `/agents/${encodeURIComponent(agent)}/${where}`;
