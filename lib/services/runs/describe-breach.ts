import type { Band } from '@/lib/contract/schema';
import type { Finding, FindingCode } from '@/lib/decision/types';

/** One line for the person who looks at a breach: what the run did. The clause stands beside it on every screen. */
export function describeBreach(finding: Finding, tool: string | null): string {
  return WORDS[finding.code](finding.detail, tool ?? 'a tool').slice(0, 300);
}

const WORDS: Readonly<Record<FindingCode, (detail: string, tool: string) => string>> = {
  'kill-switch': (detail, tool) => `Called ${tool} although a kill switch was on for ${detail}`,
  'agent-held': (detail, tool) => `Called ${tool} although the agent was ${detail}`,
  'run-not-running': (detail, tool) => `Called ${tool} although the run was ${detail}`,
  'tool-not-allowed': (detail) => `Called ${detail}, a tool the contract does not give it`,
  forbidden: (detail, tool) =>
    detail === tool ? `Called ${tool}, which is forbidden` : `Called ${tool}: ${detail} is forbidden`,
  'action-not-in-scope': (detail, tool) => `Called ${tool}: ${detail} is not among its permitted actions`,
  'authority-level': (detail, tool) => `Called ${tool} at authority level ${detail}`,
  'arguments-invalid': (detail, tool) => `Called ${tool} with arguments outside the contract: ${detail}`,
  'category-not-allowed': (detail, tool) => `${tool} touched ${detail} data`,
  filtered: (detail, tool) => `${tool} returned ${detail} data, which was filtered`,
  'filter-not-applied': (detail, tool) => `${tool} returned ${detail} data that should have been filtered`,
  'needs-approval': (detail, tool) => `Called ${tool} without approval: ${detail}`,
  'needs-escalation': (detail, tool) => `Called ${tool} without escalating it: ${detail}`,
  never: (detail, tool) => `Called ${tool}, which is never to be done: ${detail}`,
  'rate-limit': (detail, tool) => `Called ${tool} too often: ${detail}`,
  'budget-run': (detail) => `Spent over the run's budget: ${detail} US dollars`,
  'budget-day': (detail) => `Spent over the day's budget: ${detail} US dollars`,
  'budget-month': (detail) => `Spent over the month's budget: ${detail} US dollars`,
  'token-ceiling': (detail) => `Used more tokens than a run may: ${detail}`,
  'call-ceiling': (detail) => `Made more calls than a run may: ${detail}`,
  'repeated-call': (detail, tool) => `Repeated the same call of ${tool}: ${detail}`,
};

/** The same for a run that came into a band as a whole. */
export function describeRiskBand(band: Band, risk: number, threshold: number): string {
  const figure = Math.round(risk * 100) / 100;
  return `Risk came to ${figure}, which is ${band} (from ${threshold} on)`;
}
