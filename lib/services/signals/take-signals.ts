import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { MOST_SIGNALS, recordSignals, type SignalAnswer } from './record-signals';
import { readSignal, type SignalInput } from './signal-input';

/** What became of a batch. */
export interface TakenSignals {
  recorded: number;
  corrected: number;
  duplicates: number;
  refused: number;
  /** One for each signal, in the order they were sent. */
  signals: SignalAnswer[];
}

const MAX_ATTEMPTS = 5;

/**
 * Takes a batch of signals as a request brought them: each is read for itself, so that one that cannot be read does not take the
 * others with it. Committed when it resolves.
 *
 * Throws `too_large` for more than 2,000, `forbidden` for whoever may not send signals.
 */
export async function takeSignals(
  actor: Actor,
  rows: readonly unknown[],
  options: { source: string; now?: Date },
): Promise<TakenSignals> {
  authorize(actor, 'signal.record', { workspaceId: actor.workspaceId });
  if (rows.length > MOST_SIGNALS)
    throw new AppError('too_large', `A request may bring ${plural(MOST_SIGNALS, 'signal')}. Send several.`);
  const inputs: SignalInput[] = [];
  const places: number[] = [];
  const unread: SignalAnswer[] = [];
  rows.forEach((row, index) => {
    const read = readSignal(row);
    if ('reason' in read)
      unread.push({ index, id: null, result: 'refused', reason: read.reason, waitsFor: null, clause: null });
    else {
      inputs.push(read.input);
      places.push(index);
    }
  });
  const now = options.now ?? new Date();
  const answered = await recordAnew(actor, inputs, { source: options.source, now });
  const signals = [
    ...unread,
    ...answered.map((answer) => ({ ...answer, index: places[answer.index] ?? answer.index })),
  ].sort((a, b) => a.index - b.index);
  return summed(signals);
}

/** `recordSignals` in a transaction of its own, begun again when it met another crosswise. */
export async function recordAnew(
  actor: Actor,
  signals: readonly SignalInput[],
  options: { source: string; now: Date },
): Promise<SignalAnswer[]> {
  if (signals.length === 0) return [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact((client) => recordSignals(client, actor, signals, options));
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !metCrosswise(error)) throw error;
    }
  }
}

export function summed(signals: SignalAnswer[]): TakenSignals {
  const count = (wanted: SignalAnswer['result']) => signals.filter(({ result }) => result === wanted).length;
  return {
    recorded: count('recorded'),
    corrected: count('corrected'),
    duplicates: count('duplicate'),
    refused: count('refused'),
    signals,
  };
}

/** Deadlock, or a row that another transaction wrote first. */
function metCrosswise(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '40P01' || error.code === '23505');
}
