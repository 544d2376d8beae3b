'use server';

import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { addNote, readSection } from '@/lib/services/incidents/add-note';

const noteSchema = z.object({
  number: z.int().positive(),
  section: z.string().nullable(),
  body: z.string(),
});

/** Writes into the conversation (section null) or beside a section of the postmortem. */
export async function noteAction(number: unknown, section: unknown, body: unknown): Promise<ActionState> {
  return answer(async (actor) => {
    const read = noteSchema.safeParse({ number, section, body });
    if (!read.success) throw new AppError('invalid', 'This cannot be sent.');
    await addNote(actor, { ...read.data, section: readSection(read.data.section) });
    return 'Sent.';
  });
}
