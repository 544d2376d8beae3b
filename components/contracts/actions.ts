'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { ActionState } from '@/lib/auth/action-state';
import { answer, readForm } from '@/lib/auth/answer';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { type CheckedContract, checkContract } from '@/lib/services/contracts/check-contract';
import { type DefaultsImpact, defaultsImpact } from '@/lib/services/contracts/defaults-impact';
import { importContract } from '@/lib/services/contracts/import-contract';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { contractHref, draftHref } from './contract-href';

const textSchema = z.object({ source: z.string(), format: z.enum(['yaml', 'json']) });

/** What importing the text would do, for the form to show while one types. */
export async function check(
  source: string,
  format: string,
): Promise<CheckedContract | { ok: null; message: string }> {
  const actor = await requireActor();
  try {
    return await checkContract(actor, textSchema.parse({ source, format }));
  } catch (error) {
    if (error instanceof AppError) return { ok: null, message: error.message };
    throw error;
  }
}

/** Whom these workspace defaults would reach; null while the text is none. */
export async function impact(source: string, format: string): Promise<DefaultsImpact | null> {
  const actor = await requireActor();
  try {
    return await defaultsImpact(actor, textSchema.parse({ source, format }));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

const importSchema = textSchema.extend({ putInForce: z.literal('on').optional() });

export async function bring(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const { source, format, ...rest } = readForm(importSchema, form);
    const done = await importContract(actor, { source, format, putInForce: rest.putInForce === 'on' });
    redirect(`${contractHref(done.agent, { version: done.number })}`);
  });
}

const versionSchema = z.object({
  agent: z.string().min(1).max(200),
  number: z.coerce.number().int().positive(),
});

/** Begins the draft of a next version and goes there. */
export async function writeNext(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const draft = await draftFromVersion(actor, readForm(versionSchema, form));
    redirect(draftHref(draft.id));
  });
}

export async function place(_: ActionState, form: FormData): Promise<ActionState> {
  return answer(async (actor) => {
    const version = readForm(versionSchema, form);
    await putInForce(actor, version);
    refresh();
    return `Version ${version.number} is in force.`;
  });
}
