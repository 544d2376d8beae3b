/** What `npm start` says: one line a step with how long it took, and what the planes have to report. */
import { z } from 'zod';

const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

export function dim(text: string): string {
  return colour ? `\u001b[2m${text}\u001b[22m` : text;
}
export function bold(text: string): string {
  return colour ? `\u001b[1m${text}\u001b[22m` : text;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs a step and says what it was and how long it took; says it beforehand when somebody may be waiting. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const live = process.stdout.isTTY === true;
  if (live) process.stdout.write(`  ${title} …`);
  try {
    const result = await work();
    const took = dim(duration(performance.now() - began));
    process.stdout.write(live ? `\r  ${title} ${took}\u001b[K\n` : `  ${title} ${took}\n`);
    return result;
  } catch (error) {
    if (live) process.stdout.write('\n');
    throw error;
  }
}

export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const record = z.looseObject({
  level: z.number(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string() }).optional(),
});
const WARNING = 40;
const ERROR = 50;

/**
 * A plane's line of log as a person reads it, or null when it is nothing to stop at.
 * The whole log is in the data folder.
 */
export function readable(plane: string, line: string): string | null {
  const text = line.trimEnd();
  if (text === '') return null;
  if (!text.startsWith('{')) return `${dim(plane)} ${text}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return `${dim(plane)} ${text}`;
  }
  const result = record.safeParse(parsed);
  if (!result.success) return `${dim(plane)} ${text}`;
  const { level, msg, err } = result.data;
  if (level < WARNING) return null;
  const word = level >= ERROR ? 'error' : 'warning';
  return `${dim(plane)} ${word}: ${msg}${err === undefined ? '' : ` (${err.message})`}`;
}
