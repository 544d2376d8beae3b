'use server';

import type { ActionState } from '@/lib/auth/action-state';
import { answer } from '@/lib/auth/answer';
import { currentActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { addComment } from '@/lib/services/comments/add-comment';
import { editComment } from '@/lib/services/comments/edit-comment';
import { settleThread } from '@/lib/services/comments/settle-thread';
import { startThread, startThreadSchema } from '@/lib/services/comments/start-thread';
import { subjectSchema } from '@/lib/services/comments/subject';
import { recordReading } from '@/lib/services/readings/record-reading';

export async function begin(input: unknown): Promise<ActionState> {
  return answer(async (actor) => {
    const read = startThreadSchema.safeParse(input);
    if (!read.success) throw new AppError('invalid', 'This cannot be sent.');
    await startThread(actor, read.data);
    return read.data.kind === 'change-request' ? 'Change requested.' : 'Comment added.';
  });
}

export async function reply(threadId: string, body: string): Promise<ActionState> {
  return answer(async (actor) => {
    await addComment(actor, { threadId, body });
    return 'Answer added.';
  });
}

export async function edit(commentId: string, body: string): Promise<ActionState> {
  return answer(async (actor) => {
    await editComment(actor, { commentId, body });
    return 'Comment changed.';
  });
}

export async function settle(threadId: string, resolved: boolean): Promise<ActionState> {
  return answer(async (actor) => {
    await settleThread(actor, { threadId, resolved });
    return resolved ? 'Resolved.' : 'Opened again.';
  });
}

/** Notes that the reader has had it before them. Says nothing back: reading must never be in the way of reading. */
export async function markSeen(subject: unknown, revision: number): Promise<void> {
  const actor = await currentActor();
  const read = subjectSchema.safeParse(subject);
  if (actor === null || !read.success) return;
  await recordReading(actor, read.data, revision).catch((error: unknown) => {
    // It may have been discarded or belong to a workspace one has just left.
    if (!(error instanceof AppError)) throw error;
  });
}
