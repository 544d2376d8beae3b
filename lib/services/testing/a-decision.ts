import { newId } from '@/lib/db/id';
import type { NewDecision } from '@/lib/services/decisions/stored-decisions';

/** The decision of that number in a run: a read that was allowed. */
export function aDecision(run: { id: string; revision: number }, seq: number): NewDecision {
  return {
    id: newId(),
    runId: run.id,
    revision: run.revision,
    seq,
    idempotencyKey: null,
    tool: 'claims.get',
    argumentsDigest: 'ab'.repeat(32),
    categories: [],
    lane: 'allow',
    findings: [],
    obligations: [],
    decidedAt: Date.now(),
  };
}
