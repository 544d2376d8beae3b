'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { type Answered, answer, answerValue, readForm } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { SIGNING_METHODS, type SigningMethod } from '@/lib/evidence/statement';
import {
  ownPasskeySchema,
  renamePasskey,
  renameSchema,
  revokePasskey,
} from '@/lib/services/passkeys/change-passkey';
import {
  beginEnrolment,
  type Enrolment,
  finishEnrolment,
  newPasskeySchema,
  proveForPasskey,
} from '@/lib/services/passkeys/enrol';
import { type Proof, type ProofChallenge, readProof } from '@/lib/services/signing/proof';

/** Before a passkey is added: who is asking proves to be the one who is signed in. */
export async function beginAdding(method: SigningMethod): Promise<Answered<ProofChallenge>> {
  return answerValue((actor) => proveForPasskey(actor, z.enum(SIGNING_METHODS).parse(method)));
}

export async function beginMaking(proof: Proof): Promise<Answered<Enrolment>> {
  return answerValue((actor) => beginEnrolment(actor, readProof(proof)));
}

export async function keepPasskey(made: z.input<typeof newPasskeySchema>): Promise<ActionState> {
  return answer(async (actor) => {
    const parsed = newPasskeySchema.safeParse(made);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError('invalid', issue?.message ?? 'Start again.', {
        issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      });
    }
    await finishEnrolment(actor, parsed.data);
    refresh();
    return `${parsed.data.name} was added.`;
  });
}

export async function rename(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await renamePasskey(actor, readForm(renameSchema, form));
    refresh();
    return 'Renamed.';
  });
}

export async function revoke(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name } = await revokePasskey(actor, readForm(ownPasskeySchema, form));
    refresh();
    return `${name} was revoked.`;
  });
}
