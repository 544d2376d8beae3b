'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { formatDateTime, formatList, isTimeZone } from '@/lib/format';
import { momentOf, wallOf } from '@/lib/response/local-time';
import { addAbsence } from '@/lib/services/on-call/add-absence';
import { addOverride } from '@/lib/services/on-call/add-override';
import { archiveSchedule } from '@/lib/services/on-call/archive-schedule';
import { cancelAbsence } from '@/lib/services/on-call/cancel-absence';
import { cancelOverride } from '@/lib/services/on-call/cancel-override';
import { changeSchedule } from '@/lib/services/on-call/change-schedule';
import { createSchedule } from '@/lib/services/on-call/create-schedule';
import { scheduleInputSchema } from '@/lib/services/on-call/schedule-input';

const idSchema = z.object({ id: z.string() });
const zoneSchema = z.string().refine(isTimeZone, 'This is not a time zone.');

/** What the editor holds, as JSON; its faults are told at the fields that have them. */
const editedSchema = z.object({
  id: z.string().nullable(),
  revision: z.int(),
  schedule: z.looseObject({}),
});

export async function saveSchedule(_: ActionState, form: FormData): Promise<ActionState> {
  let leads = '';
  const state = await answer(async (actor) => {
    const { id, revision, schedule } = editedSchema.parse(JSON.parse(z.string().parse(form.get('edited'))));
    const read = scheduleInputSchema.safeParse(schedule);
    if (!read.success)
      throw atFields(
        read.error.issues.map((issue) => ({
          path: issue.path.map(String).join('.'),
          message: issue.message,
        })),
      );
    try {
      if (id !== null) await changeSchedule(actor, { ...read.data, id, revision });
      leads = `/on-call/${id ?? (await createSchedule(actor, read.data)).id}`;
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid') throw atFields(error.issues);
      throw error;
    }
    return 'Saved.';
  });
  if (state?.ok === true) redirect(leads);
  return state;
}

/** Faults of a turn or a range of hours belong to the group that the editor shows them at. */
function atFields(issues: readonly { path: string; message: string }[]): AppError {
  const seen = new Set<string>();
  return new AppError('invalid', 'Something in the form is not right yet.', {
    issues: issues.flatMap(({ path, message }) => {
      const field = path.replace(/^(layers\.\d+\.(?:people|windows))\..*$/, '$1');
      if (seen.has(field)) return [];
      seen.add(field);
      return [{ path: field, message }];
    }),
  });
}

export async function archive(_: ActionState, form: FormData): Promise<ActionState> {
  const state = await answer(async (actor) => {
    await archiveSchedule(actor, readForm(idSchema, form));
    return 'Archived.';
  });
  if (state?.ok === true) redirect('/on-call');
  return state;
}

const overrideSchema = z.object({
  scheduleId: z.string(),
  personId: z.string().min(1, 'Choose a person.'),
  from: z.string(),
  to: z.string(),
  zone: zoneSchema,
  reason: z.string(),
});

export async function override(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { from, to, zone, ...rest } = readForm(overrideSchema, form);
    const made = await addOverride(actor, { ...rest, from: moment(from, zone), to: moment(to, zone) });
    refresh();
    const until = (spans: readonly { to: string }[]) =>
      formatList(spans.map((span) => formatDateTime(span.to, zone, 'minute')));
    return [
      'The shift is taken.',
      made.before.length === 0
        ? ''
        : `It goes before ${made.before.length === 1 ? 'the override' : 'the overrides'} of ${formatList(made.before.map(({ name }) => name))}, made earlier.`,
      made.away.length === 0
        ? ''
        : `They are entered as away until ${until(made.away)}: while they are, it does not hold.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' ');
  });
}

export async function takeBackOverride(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await cancelOverride(actor, readForm(idSchema, form));
    refresh();
    return 'Taken back. The rotation counts again.';
  });
}

const absenceSchema = z.object({
  personId: z.string().min(1, 'Choose a person.'),
  from: z.string(),
  to: z.string(),
  zone: zoneSchema,
  note: z.string(),
});

export async function enterAbsence(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { from, to, zone, ...rest } = readForm(absenceSchema, form);
    await addAbsence(actor, { ...rest, from: moment(from, zone), to: moment(to, zone) });
    refresh();
    return 'Entered. Rotations pass over them in that time.';
  });
}

export async function takeBackAbsence(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    await cancelAbsence(actor, readForm(idSchema, form));
    refresh();
    return 'Taken back. They are on call again when it is their turn.';
  });
}

/** "2026-11-23T09:00" on the clocks of a zone, ISO; an empty text for what is no time. */
function moment(local: string, zone: string): string {
  const [day = '', time = ''] = local.split('T');
  const wall = wallOf(day, time.slice(0, 5));
  return Number.isNaN(wall) ? '' : new Date(momentOf(zone, wall)).toISOString();
}
