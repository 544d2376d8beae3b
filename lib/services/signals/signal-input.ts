import { z } from 'zod';
import { CLOCK_TOLERANCE_MS } from '@/lib/lifecycle/standing';
import { metricKey, SHARE, SIGNAL_FAMILIES, type SignalFamily } from '@/lib/scoring/criteria';

/** One measurement, as it comes in. */
export interface SignalInput {
  /** The agent's name, or another it goes by; left out when the run tells, or the key is bound to one. */
  agent?: string | undefined;
  agentId?: string | undefined;
  /** The run's key: its conversation, or the id of one of its traces. Need not be known yet. */
  run?: string | undefined;
  /** A run of this workspace. */
  runId?: string | undefined;
  /** Left out: the one of the only criterion that goes by the metric. */
  family?: SignalFamily | undefined;
  /** A criterion's id, its metric or its clause. */
  metric: string;
  /** True and false stand for 1 and 0 as a share, whatever unit the criterion is in. */
  value: number | boolean;
  unit?: string | null | undefined;
  /** How many cases the value is the mean of. */
  samples?: number | undefined;
  /** A whole set measured at once: it stands for those before it. */
  isSuite?: boolean | undefined;
  /** When it happened; now, when left out. */
  at?: Date | undefined;
  /** The sender's id of it: the same again is a duplicate, with another value a correction. */
  externalId?: string | undefined;
  label?: string | undefined;
  note?: string | undefined;
  /** Who rated. */
  personId?: string | undefined;
}

/** A signal that is sound in itself; whom it is about is not looked up yet. */
export interface SoundSignal extends Omit<SignalInput, 'value' | 'unit' | 'samples' | 'at' | 'isSuite'> {
  metricKey: string;
  value: number;
  unit: string | null;
  samples: number;
  isSuite: boolean;
  at: Date;
  /** Whether the sender said when. */
  dated: boolean;
}

export const TRACE_ID = /^[0-9a-f]{32}$/i;
const MAX_NAME = 200;
const MAX_NOTE = 2000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const MOST_SAMPLES = 1_000_000_000;
/** Values further from nothing than this are faults of a sender, and their sums would be no numbers any more. */
const MOST_VALUE = 1e15;

const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `At most ${most} characters.`)
    .transform((value) => (value === '' ? undefined : value));

/** A signal of a request, before it is sound: what each field may look like. Numbers are held against their limits later. */
export const signalSchema = z.strictObject({
  agent: text(MAX_NAME).nullish(),
  run: text(MAX_NAME).nullish(),
  family: z.enum(SIGNAL_FAMILIES).nullish(),
  metric: z.string().trim().min(1, 'Name what was measured.').max(MAX_NAME),
  value: z.union([z.number(), z.boolean()], { error: 'Expected a number, or true or false.' }),
  unit: text(40).nullish(),
  samples: z.number().nullish(),
  suite: z.boolean().nullish(),
  at: z.iso.datetime({ offset: true, error: 'Expected a time such as 2026-11-21T10:00:00Z.' }).nullish(),
  id: text(MAX_NAME).nullish(),
  label: text(MAX_NAME).nullish(),
  note: z.string().nullish(),
});

/** A row of a request as the one door takes it, or why it cannot be read. */
export function readSignal(row: unknown): { input: SignalInput } | { reason: string } {
  const parsed = signalSchema.safeParse(row, { reportInput: true });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.join('/') ?? '';
    // JSON has no NaN: senders write it as text.
    if (path === 'value' && typeof issue?.input === 'string' && /^[+-]?(nan|inf(inity)?)$/i.test(issue.input))
      return { reason: `value: ${issue.input} is not a number that can be counted.` };
    return { reason: `${path === '' ? '' : `${path}: `}${issue?.message ?? 'It cannot be read.'}` };
  }
  const { id, at, ...rest } = parsed.data;
  return {
    input: {
      metric: rest.metric,
      value: rest.value,
      agent: rest.agent ?? undefined,
      run: rest.run ?? undefined,
      family: rest.family ?? undefined,
      unit: rest.unit,
      samples: rest.samples ?? undefined,
      isSuite: rest.suite ?? undefined,
      label: rest.label ?? undefined,
      note: rest.note ?? undefined,
      externalId: id ?? undefined,
      at: at === null || at === undefined ? undefined : new Date(at),
    },
  };
}

/** Holds a signal against what no signal may be: not a number, out of time, nameless. */
export function soundSignal(input: SignalInput, now: Date): SoundSignal | { reason: string } {
  const { value: given, samples = 1, isSuite = false, at: happened, ...rest } = input;
  const value = typeof given === 'boolean' ? Number(given) : given;
  const unit = typeof given === 'boolean' ? SHARE : input.unit == null ? null : storable(input.unit);
  const metric = storable(input.metric).trim().slice(0, MAX_NAME).toWellFormed();
  if (metric === '') return { reason: 'metric: it names nothing that was measured.' };
  if (!Number.isFinite(value)) return { reason: `value: ${value} is not a number that can be counted.` };
  if (Math.abs(value) > MOST_VALUE) return { reason: `value: ${value} is too large to be added up.` };
  if (!Number.isInteger(samples) || samples < 1 || samples > MOST_SAMPLES)
    return {
      reason: `samples: ${samples} is not a whole number from 1 to ${MOST_SAMPLES.toLocaleString('en')}.`,
    };
  const at = happened ?? now;
  const ms = at.getTime();
  if (Number.isNaN(ms)) return { reason: 'at: it is not a time.' };
  if (ms > now.getTime() + CLOCK_TOLERANCE_MS)
    return { reason: `at: ${at.toISOString()} is in the future. Set the sender's clock right.` };
  if (ms < EARLIEST_MS) return { reason: `at: ${at.toISOString()} is before the year 2000.` };
  const signal: SoundSignal = {
    ...rest,
    metric,
    metricKey: metricKey(metric),
    value,
    unit,
    samples,
    isSuite,
    at: ms > now.getTime() ? now : at,
    dated: happened !== undefined,
  };
  for (const field of TEXTS) {
    const said = signal[field];
    if (said !== undefined) signal[field] = storable(said);
  }
  // Ids of traces are written either way.
  if (signal.run !== undefined && TRACE_ID.test(signal.run)) signal.run = signal.run.toLowerCase();
  if (signal.note !== undefined) signal.note = signal.note.slice(0, MAX_NOTE).toWellFormed();
  return signal;
}

const TEXTS = ['agent', 'run', 'externalId', 'label', 'note'] as const;

/** A text as the database can hold it: one that it cannot would take the whole batch with it. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}
