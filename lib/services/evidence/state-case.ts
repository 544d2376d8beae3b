import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { issueInWords } from '@/lib/issue-words';
import {
  baselineSchema,
  readinessSchema,
  type Stated,
  stateBaseline,
  stateReadiness,
  stateValue,
  valueSchema,
} from '@/lib/lifecycle/case-forms';
import { findAgent } from '@/lib/services/agents/find-agent';
import { recordEvidence } from './record-evidence';

export const CASE_KINDS = ['baseline', 'value', 'autonomy-readiness'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** What each form comes to; throws zod's error for what does not fit it. */
const FORMS: Readonly<Record<CaseKind, (input: unknown) => Stated>> = {
  baseline: (input) => stateBaseline(baselineSchema.parse(input, { reportInput: true })),
  value: (input) => stateValue(valueSchema.parse(input, { reportInput: true })),
  'autonomy-readiness': (input) => stateReadiness(readinessSchema.parse(input, { reportInput: true })),
};

/**
 * States one part of the case for an agent, as G1 asks: today's work, what the agent would be worth, or how ready the work is
 * for autonomy. Totals and the stance are computed here. Throws `invalid` with an issue for each field.
 */
export async function stateCase(
  actor: Actor,
  input: { agent: string; kind: CaseKind; form: unknown },
): Promise<{ id: string; digest: string; summary: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.state-case', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const { title, summary, detail } = stated(input.kind, input.form);
  const recorded = await transact((client) =>
    recordEvidence(client, actor, {
      agentId: agent.id,
      kind: input.kind,
      title,
      outcome: 'given',
      summary,
      detail,
      producedAt: new Date(),
      origin: 'reported',
    }),
  );
  return { ...recorded, summary };
}

function stated(kind: CaseKind, form: unknown): Stated {
  try {
    return FORMS[kind](form);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: error.issues.map((issue) => issueInWords(issue)),
    });
  }
}
