'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, answerValue, readForm } from '@/lib/auth/answer';
import { ROUTE_WORDS, ROUTES } from '@/lib/contract/change-row';
import { answerProposal } from '@/lib/services/amendments/answer-proposal';
import { answerLowering, chooseRoute } from '@/lib/services/amendments/decide-route';
import { endAmendment } from '@/lib/services/amendments/end-amendment';
import { putInForceAtOnce } from '@/lib/services/amendments/put-in-force-at-once';
import { rebaseAmendment } from '@/lib/services/amendments/rebase-amendment';
import { adoptDraft, startAmendment } from '@/lib/services/amendments/start-amendment';
import { submitDraft } from '@/lib/services/drafts/submit-draft';
import { amendmentHref } from './words';

const number = z.coerce.number().int().positive();
const reason = z.string().trim().max(2000, 'Write at most 2,000 characters.');
const incident = z
  .string()
  .trim()
  .transform((text) => (text === '' ? undefined : Number(text)))
  .pipe(z.int().positive().optional());

/** Begins to amend, and leads to the amendment. */
export async function startAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(
      z.object({
        agent: z.string().max(200),
        incident,
        clause: z.string().trim().max(400),
        reason,
      }),
      form,
    );
    const started = await startAmendment(actor, input);
    redirect(amendmentHref(started.number));
  });
}

export async function adoptAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { draft, incident: about } = readForm(
      z.object({ draft: z.uuid('Choose a draft.'), incident }),
      form,
    );
    const started = await adoptDraft(actor, { draft, incident: about });
    redirect(amendmentHref(started.number));
  });
}

export async function proposalAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { answer: said, number: of } = readForm(
      z.object({ number, answer: z.enum(['accept', 'decline']) }),
      form,
    );
    await answerProposal(actor, { number: of, accept: said === 'accept' });
    refresh();
    return said === 'accept' ? 'It is in the draft now.' : 'The draft stays as it is.';
  });
}

export async function submitAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(z.object({ id: z.uuid(), revision: z.coerce.number().int().positive() }), form);
    const { number: version } = await submitDraft(actor, input.id, { revision: input.revision });
    refresh();
    return `Submitted as version no. ${version}. It waits for its gates.`;
  });
}

export async function routeAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(z.object({ number, route: z.enum(ROUTES, 'Choose a way back.'), reason }), form);
    const done = await chooseRoute(actor, input);
    refresh();
    const { title } = ROUTE_WORDS[input.route];
    return done === 'lowering-asked' ? `GRC is asked whether ${title} will do.` : `It goes back to ${title}.`;
  });
}

export async function consentAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { consent, ...input } = readForm(
      z.object({ number, reason, seen: z.string().max(64), consent: z.enum(['yes', 'no']) }),
      form,
    );
    await answerLowering(actor, { ...input, consent: consent === 'yes' });
    refresh();
    return consent === 'yes' ? 'You consented. It takes the shorter way.' : 'It keeps the way it had.';
  });
}

/** Tries to bring it up to the version in force; what clashes comes back to be chosen. */
export async function rebaseAction(of: number, keep: Record<string, 'mine' | 'theirs'>) {
  return answerValue(async (actor) => {
    const checked = z
      .object({ of: number, keep: z.record(z.string().max(500), z.enum(['mine', 'theirs'])) })
      .parse({ of, keep });
    const done = await rebaseAmendment(actor, {
      number: checked.of,
      ...(Object.keys(checked.keep).length === 0 ? {} : { keep: checked.keep }),
    });
    if (done.status === 'rebased') {
      refresh();
      return { status: 'rebased' as const, onto: done.onto };
    }
    const words = (value: unknown) => (value === undefined ? null : JSON.stringify(value, null, 2));
    return {
      status: 'clash' as const,
      onto: done.onto,
      conflicts: done.conflicts.map(({ clause, base, mine, theirs }) => ({
        clause,
        base: words(base),
        mine: words(mine),
        theirs: words(theirs),
      })),
    };
  });
}

export async function atOnceAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { version } = await putInForceAtOnce(actor, readForm(z.object({ number, reason }), form));
    refresh();
    return `v${version} is in force. Its gates are to be signed within seven days.`;
  });
}

export async function endAction(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const input = readForm(z.object({ number, reason, as: z.enum(['withdrawn', 'refused']) }), form);
    await endAmendment(actor, input);
    refresh();
    return `The amendment is ${input.as}.`;
  });
}
