import { type Action, rolesThatMay } from '@/lib/auth/can';
import type { EvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { SIGNING_ROLES } from '@/lib/lifecycle/gates';
import type { AgentFacts, GateFacts, VersionFact } from './facts';

/** What one must be allowed to do to bring a kind of evidence. */
const BROUGHT_BY: Readonly<Record<EvidenceKind, readonly Action[]>> = {
  baseline: ['evidence.state-case'],
  value: ['evidence.state-case'],
  'autonomy-readiness': ['evidence.state-case'],
  lint: ['evidence.add'],
  scenarios: ['evidence.add'],
  evals: ['evidence.add'],
  backtest: ['backtest.run'],
  'kill-switch-drill': ['drill.run'],
  'failure-paths-drill': ['drill.run'],
  'rollback-drill': ['drill.run', 'incident.roll-back'],
  'risk-review': ['evidence.review-risk'],
  rollout: ['evidence.add'],
  'paging-drill': ['drill.run'],
  drift: ['evidence.add'],
  signals: ['evidence.add'],
  attachment: ['evidence.add'],
};

/**
 * Who is to bring each kind of evidence that a gate lacks: whoever opened its review where they may, else those of the people
 * the contract names who may, else all who may. Ids of people; a kind nobody here may bring has none.
 */
export function bringersOf(
  facts: Pick<GateFacts, 'members'>,
  agent: Pick<AgentFacts, 'versions'>,
  missing: readonly EvidenceKind[],
  at: { openedById: string | null; version: Pick<VersionFact, 'named'> | null },
): Map<EvidenceKind, string[]> {
  const named = (at.version ?? agent.versions[0])?.named ?? {};
  const emails = new Set(SIGNING_ROLES.flatMap((role) => named[role] ?? []));
  return new Map(
    missing.map((kind) => {
      const may = facts.members.filter((member) =>
        BROUGHT_BY[kind].every((action) => {
          const roles = rolesThatMay(action);
          return roles === 'everyone' || roles.some((role) => member.roles.includes(role));
        }),
      );
      const opener = may.find((member) => member.id === at.openedById);
      const ofContract = may.filter((member) => emails.has(member.email.toLowerCase()));
      const chosen = opener !== undefined ? [opener] : ofContract.length > 0 ? ofContract : may;
      return [kind, chosen.map((member) => member.id)];
    }),
  );
}
