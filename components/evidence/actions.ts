'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { plural } from '@/lib/format';
import { attachLink, attachNote } from '@/lib/services/evidence/attach';
import { versionNamed } from '@/lib/services/evidence/evidence-subject';
import { recordLint } from '@/lib/services/evidence/record-lint';
import { RISK_FINDINGS, reviewRisk } from '@/lib/services/evidence/review-risk';
import { CASE_KINDS, stateCase } from '@/lib/services/evidence/state-case';
import { computeDrift } from '@/lib/services/rollout/compute-drift';
import { computeRollout } from '@/lib/services/rollout/compute-rollout';
import { computeSignals } from '@/lib/services/rollout/compute-signals';
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

/** Finds out now what the product can find out by itself, for the version looked at. */
export async function computeNow(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, version, kind } = readForm(
      toSchema.extend({
        kind: z.enum(['lint', 'rollout', 'drift', 'signals']),
        version: z.coerce.number().int(),
      }),
      form,
    );
    const input = { agent, version };
    const told = await {
      lint: async () => (await recordLint(actor, input)).summary,
      rollout: async () => `Rollout statistics: ${(await computeRollout(actor, input)).statistics.outcome}.`,
      drift: async () => {
        await computeDrift(actor, { agent });
        return 'Drift computed.';
      },
      signals: async () => {
        const { signals } = await computeSignals(actor, input);
        return `${plural(signals.filter((each) => each.state === 'fresh').length, 'signal')} of ${signals.length} fresh.`;
      },
    }[kind]();
    refresh();
    return told;
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
