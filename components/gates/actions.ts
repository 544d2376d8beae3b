'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, answerValue, readForm } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { SIGNING_METHODS } from '@/lib/evidence/statement';
import { FALLBACK_CAUSES } from '@/lib/lifecycle/fallback';
import { GATE_IDS, SIGNING_ROLES } from '@/lib/lifecycle/gates';
import { STAGE_TITLES, STAGES } from '@/lib/lifecycle/stages';
import { beginSigning } from '@/lib/services/gates/begin-signing';
import { declineReview } from '@/lib/services/gates/decline-review';
import { fallBack } from '@/lib/services/gates/fall-back';
import { openReview } from '@/lib/services/gates/open-review';
import { signReview } from '@/lib/services/gates/sign-review';
import { withdrawReview } from '@/lib/services/gates/withdraw-review';
import { type Proof, proofSchema } from '@/lib/services/signing/proof';

const reason = z.string().trim().min(1, 'Say why.').max(2000);
const clause = z
  .string()
  .trim()
  .max(500)
  .transform((text) => (text === '' ? undefined : text));

/** What a script of ours sent, or `invalid` with the first thing wrong. */
function checked<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  throw new AppError('invalid', read.error.issues[0]?.message ?? 'That could not be read.');
}

const seenSchema = z.object({ digest: z.string(), evidence: z.array(z.string()) });
const beginSchema = z.object({
  reviewId: z.uuid(),
  role: z.enum(SIGNING_ROLES),
  delegationId: z.uuid().nullable(),
  note: z.string().trim().max(2000, 'A note has at most 2,000 characters.'),
  method: z.enum(SIGNING_METHODS),
  seen: seenSchema,
});

/** Fixes what is about to be signed, as the reader saw it. */
export async function beginSigningAction(input: z.input<typeof beginSchema>) {
  return answerValue(async (actor) => {
    const { delegationId, note, ...rest } = checked(beginSchema, input);
    return beginSigning(actor, {
      ...rest,
      ...(delegationId === null ? {} : { delegationId }),
      ...(note === '' ? {} : { note }),
    });
  });
}

export async function signAction(reviewId: string, proof: Proof): Promise<ActionState> {
  return answer(async (actor) => {
    const { passed, stage, inForce } = await signReview(actor, {
      reviewId: checked(z.uuid(), reviewId),
      proof: checked(proofSchema, proof),
    });
    refresh();
    if (!passed) return 'Signed. The gate waits for the others.';
    return inForce === null
      ? `Signed, and the gate is passed: the agent stands in ${STAGE_TITLES[stage]}.`
      : `Signed, and the gate is passed: version no. ${inForce} is in force, in ${STAGE_TITLES[stage]}.`;
  });
}

export async function openAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, gate, version, message } = readForm(
      z.object({
        agent: z.string().max(200),
        gate: z.enum(GATE_IDS),
        version: z.coerce.number().int().positive().optional(),
        message: z.string().trim().max(2000),
      }),
      form,
    );
    const { id } = await openReview(actor, {
      agent,
      gate,
      ...(version === undefined ? {} : { version }),
      ...(message === '' ? {} : { message }),
    });
    refresh();
    return { message: `${gate} is open. Those who sign have been told.`, reveal: id };
  });
}

export async function declineAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { clause: at, ...input } = readForm(z.object({ reviewId: z.uuid(), reason, clause }), form);
    await declineReview(actor, { ...input, ...(at === undefined ? {} : { clause: at }) });
    refresh();
    return 'Declined. Whoever sent it and those who signed have been told why.';
  });
}

export async function withdrawAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { reviewId, reason: why } = readForm(
      z.object({ reviewId: z.uuid(), reason: z.string().trim().max(2000) }),
      form,
    );
    await withdrawReview(actor, { reviewId, ...(why === '' ? {} : { reason: why }) });
    refresh();
    return 'Withdrawn. It can be opened again at any time.';
  });
}

export async function fallBackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { clause: at, ...input } = readForm(
      z.object({
        agent: z.string().max(200),
        to: z.enum(STAGES, 'Choose a stage.'),
        cause: z.enum(FALLBACK_CAUSES, 'Choose what was wrong.'),
        reason,
        clause,
      }),
      form,
    );
    const { stage } = await fallBack(actor, { ...input, ...(at === undefined ? {} : { clause: at }) });
    refresh();
    return `Sent back to ${STAGE_TITLES[stage]}.`;
  });
}
