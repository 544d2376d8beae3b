import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { AppError, isUnreachable } from '@/lib/errors';
import { issueInWords, issueLine } from '@/lib/issue-words';
import type { ActionState } from './action-state';
import type { Actor } from './actor';
import { currentActor } from './session';

/** What a form shows after success: a sentence, or a sentence and something shown once. */
type Done = string | { message: string; reveal: string };

/**
 * The body of a server action: finds the actor, runs `work`, and turns what it throws into what the form shows.
 * Redirects pass through.
 */
export async function answer(work: (actor: Actor) => Promise<Done>): Promise<ActionState> {
  return answerAnyone(async () => {
    const actor = await currentActor();
    if (actor === null)
      throw new AppError(
        'unauthenticated',
        'You are no longer signed in. Sign in in another tab and send this again; nothing you typed is lost.',
      );
    return work(actor);
  });
}

/** The same for the few forms that work before anyone is signed in. */
export async function answerAnyone(work: () => Promise<Done>): Promise<ActionState> {
  try {
    const done = await work();
    return typeof done === 'string' ? { ok: true, message: done } : { ok: true, ...done };
  } catch (error) {
    unstable_rethrow(error);
    const told = toAppError(error);
    return { ok: false, message: told.message, issues: told.issues };
  }
}

/** What an action answers to a script that goes on with `value`. */
export type Answered<T> = { ok: true; value: T } | Extract<ActionState, { ok: false }>;

/** The body of a server action whose caller goes on with what it returns, rather than showing a sentence. */
export async function answerValue<T>(work: (actor: Actor) => Promise<T>): Promise<Answered<T>> {
  try {
    const actor = await currentActor();
    if (actor === null)
      throw new AppError(
        'unauthenticated',
        'You are no longer signed in. Sign in in another tab and try again.',
      );
    return { ok: true, value: await work(actor) };
  } catch (error) {
    unstable_rethrow(error);
    const told = toAppError(error);
    return { ok: false, message: told.message, issues: told.issues };
  }
}

/** A route handler's answer: JSON of what `work` returns, or the error with its status. */
export async function answerJson(work: (actor: Actor) => Promise<unknown>): Promise<Response> {
  try {
    const actor = await currentActor();
    if (actor === null) throw new AppError('unauthenticated', 'Sign in first.');
    return Response.json(await work(actor), { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    unstable_rethrow(error);
    return answerError(error);
  }
}

/** The JSON of an error with its status: its own when it is an AppError, else 500 with a reference that the log has. */
export function answerError(error: unknown): Response {
  const told = toAppError(error);
  return Response.json(told.toJSON(), {
    status: told.status,
    headers: {
      'cache-control': 'no-store',
      ...(told.retryAfterSeconds === undefined ? {} : { 'retry-after': String(told.retryAfterSeconds) }),
    },
  });
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isUnreachable(error))
    return new AppError(
      'unavailable',
      'The database does not answer for now. Nothing was changed; try again in a moment.',
      { retryAfterSeconds: 2, cause: error },
    );
  const reference = crypto.randomUUID().slice(0, 8);
  console.error(`[${reference}]`, error);
  return new AppError(
    'internal',
    `That failed on our side and nothing was changed. Try again; if it fails again, the log has it under ${reference}.`,
  );
}

/**
 * A form's fields through a schema. Fields named in `lists` are arrays of all their values.
 * Throws `invalid` with an issue for each field, named as the form names it.
 */
export function readForm<T extends z.ZodType>(
  schema: T,
  form: FormData,
  lists: readonly string[] = [],
): z.output<T> {
  const values: Record<string, unknown> = {};
  for (const name of new Set([...form.keys(), ...lists])) {
    if (name.startsWith('$')) continue;
    values[name] = lists.includes(name) ? form.getAll(name) : form.get(name);
  }
  const result = schema.safeParse(values, { reportInput: true });
  if (result.success) return result.data;
  // A form shows a fault at its field, in one line.
  const issues = result.error.issues.map((issue) => ({
    path: issue.path.slice(0, 1).join(''),
    message: issueLine({ ...issueInWords(issue), path: '' }),
  }));
  throw new AppError('invalid', 'Something in the form is not right yet.', { issues });
}
