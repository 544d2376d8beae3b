'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { attachLink, attachNote } from '@/lib/services/evidence/attach';
import { versionNamed } from '@/lib/services/evidence/evidence-subject';
import { recordLint } from '@/lib/services/evidence/record-lint';
import { RISK_FINDINGS, reviewRisk } from '@/lib/services/evidence/review-risk';
import { CASE_KINDS, stateCase } from '@/lib/services/evidence/state-case';
import { caseForm } from './case-form';

const toSchema = z.looseObject({ agent: z.string(), version: z.string().optional() });

/** A link or a note; which of them the form says. */
export async function attach(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, version, what, ...given } = readForm(
      toSchema.extend({ what: z.enum(['link', 'note']) }),
      form,
    );
    const to = { agent, version: versionNamed(version) };
    if (what === 'link') await attachLink(actor, to, given);
    else await attachNote(actor, to, given);
    refresh();
    return what === 'link' ? 'Link attached.' : 'Note attached.';
  });
}

/** A form of G1: its fields are named by their path, and become the figures of its schema. */
export async function stateTheCase(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, kind, ...fields } = readForm(
      z.looseObject({ agent: z.string(), kind: z.enum(CASE_KINDS) }),
      form,
    );
    const { summary } = await stateCase(actor, { agent, kind, form: caseForm(kind, fields) });
    refresh();
    return summary;
  });
}

export async function lintVersion(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, version } = readForm(toSchema, form);
    const { summary } = await recordLint(actor, { agent, version: versionNamed(version) });
    refresh();
    return summary;
  });
}

export async function stateRiskReview(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, version, finding, statement } = readForm(
      toSchema.extend({
        finding: z.enum(RISK_FINDINGS, { error: 'Say whether it stands.' }),
        statement: z.string(),
      }),
      form,
    );
    const { summary } = await reviewRisk(actor, {
      agent,
      version: versionNamed(version),
      finding,
      statement,
    });
    refresh();
    return summary;
  });
}
