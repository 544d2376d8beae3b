'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { formatList, plural } from '@/lib/format';
import { approveCompensation } from '@/lib/services/compensations/approve';
import { declineCompensation } from '@/lib/services/compensations/decline';
import { reopenCompensation } from '@/lib/services/compensations/reopen';
import { reportCompensation } from '@/lib/services/compensations/report';
import { rollBack } from '@/lib/services/incidents/roll-back';
import { reportCodeRollback } from '@/lib/services/rollbacks/code-rollback';
import { confirmRollback } from '@/lib/services/rollbacks/confirm-rollback';
import { escalateRollback } from '@/lib/services/rollbacks/escalate-rollback';
import { releaseRuns } from '@/lib/services/rollbacks/release-runs';
import { reverseRollback } from '@/lib/services/rollbacks/reverse-rollback';

const number = z.coerce.number().int().positive();
const reason = z.string();
const rollbackId = z.uuid();
const id = z.uuid();
const outcome = z.object({ id, state: z.enum(['done', 'failed']), reason });

export async function goBackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { name } = await rollBack(actor, readForm(z.object({ number, to: number, reason }), form));
    refresh();
    return `Version ${name} is back in force.`;
  });
}

export async function escalateRollbackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const names = await escalateRollback(actor, readForm(z.object({ number, reason }), form));
    refresh();
    return names.length === 0
      ? 'Nobody could be paged.'
      : `${formatList(names)} ${names.length === 1 ? 'was' : 'were'} paged.`;
  });
}

export async function confirmRollbackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(z.object({ rollbackId, reason }), form);
    const { to } = await confirmRollback(actor, { rollbackId: input.rollbackId, note: input.reason });
    refresh();
    return `Confirmed: version ${to} stays in force.`;
  });
}

export async function reverseRollbackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { from, resumed } = await reverseRollback(actor, readForm(z.object({ rollbackId, reason }), form));
    refresh();
    return `Version ${from} is in force again.${resumed === 0 ? '' : ` ${plural(resumed, 'run')} ${resumed === 1 ? 'goes' : 'go'} on.`}`;
  });
}

export async function releaseRunsAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(z.object({ rollbackId, release: z.enum(['resumed', 'stopped']), reason }), form);
    const count = await releaseRuns(actor, input);
    refresh();
    return input.release === 'resumed'
      ? `${plural(count, 'run')} ${count === 1 ? 'goes' : 'go'} on.`
      : `${plural(count, 'run')} ${count === 1 ? 'was' : 'were'} asked to stop.`;
  });
}

export async function reportCodeRollbackAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(outcome, form);
    await reportCodeRollback(actor, { id: input.id, state: input.state, detail: input.reason });
    refresh();
    return 'Written down.';
  });
}

export async function approveCompensationAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { receivers } = await approveCompensation(actor, readForm(z.object({ id }), form));
    refresh();
    return receivers === 0
      ? 'Approved, but no webhook endpoint takes compensations yet.'
      : `Approved: ${plural(receivers, 'receiver')} will be asked.`;
  });
}

export async function declineCompensationAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await declineCompensation(actor, readForm(z.object({ id, reason }), form));
    refresh();
    return 'Declined: the call stays as it is.';
  });
}

export async function reopenCompensationAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await reopenCompensation(actor, readForm(z.object({ id, reason }), form));
    refresh();
    return 'The decision is taken back.';
  });
}

export async function reportCompensationAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(outcome, form);
    await reportCompensation(actor, { id: input.id, state: input.state, detail: input.reason });
    refresh();
    return 'Written down.';
  });
}
