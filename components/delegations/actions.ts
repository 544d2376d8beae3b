'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { requireSession } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { SIGNING_ROLES } from '@/lib/lifecycle/gates';
import { grantDelegation } from '@/lib/services/delegations/grant-delegation';
import { revokeDelegation } from '@/lib/services/delegations/revoke-delegation';
import { endOfDay } from './end-of-day';

const grantSchema = z.object({
  fromId: z.uuid().optional(),
  toId: z.uuid('Choose a person.'),
  role: z.enum(SIGNING_ROLES, 'Choose a role.'),
  agent: z.string().max(200),
  until: z.string(),
  reason: z.string().trim().min(1, 'Say why.').max(2000),
});

export async function grantAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { agent, until, fromId, ...input } = readForm(grantSchema, form);
    const { workspace } = await requireSession();
    const endsAt = endOfDay(until, workspace.timeZone);
    if (endsAt === null)
      throw new AppError('invalid', 'Something in the form is not right yet.', {
        issues: [{ path: 'until', message: 'Choose the last day.' }],
      });
    try {
      await grantDelegation(actor, {
        ...input,
        endsAt,
        agent: agent === '' ? null : agent,
        ...(fromId === undefined ? {} : { fromId }),
      });
    } catch (error) {
      throw atField(error);
    }
    refresh();
    return 'They may sign in that role now. Both of you have been told.';
  });
}

/** The service speaks of the moment it ends; the form asks for the day. */
function atField(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new AppError(error.code, error.message, {
    issues: error.issues.map((issue) => (issue.path === 'endsAt' ? { ...issue, path: 'until' } : issue)),
    cause: error,
  });
}

export async function revokeAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await revokeDelegation(actor, readForm(z.object({ id: z.uuid() }), form).id);
    refresh();
    return 'Taken back. What was signed by it stays.';
  });
}
