import { z } from 'zod';
import { SIGNAL_FAMILIES, type SignalFamily } from './criteria';

/** A figure that every record has alike (`is`), or a column or path of the record that holds it (`from`). */
const fieldSchema = z.union([
  z.strictObject({ is: z.string().trim().min(1).max(200) }),
  z.strictObject({ from: z.string().trim().min(1).max(200) }),
]);
export type MappedField = z.output<typeof fieldSchema>;
const column = z.strictObject({ from: z.string().trim().min(1).max(200) });

/** Which part of a record of another system is what of a signal. */
export const signalMappingSchema = z.strictObject({
  metric: fieldSchema,
  family: fieldSchema,
  value: column,
  /** What words of the value count as; null: nothing was said, the record is passed over. Beside those everybody knows. */
  words: z.record(z.string().max(100), z.number().nullable()).optional(),
  agent: fieldSchema.optional(),
  run: column.optional(),
  at: column.optional(),
  id: column.optional(),
  unit: fieldSchema.optional(),
  samples: column.optional(),
  note: column.optional(),
});
export type SignalMapping = z.output<typeof signalMappingSchema>;

export const SOURCE_KINDS = ['servicenow', 'zendesk', 'webhook'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];
export const SOURCE_NAMES: Readonly<Record<SourceKind | 'csv', string>> = {
  servicenow: 'ServiceNow',
  zendesk: 'Zendesk',
  webhook: 'Webhook',
  csv: 'CSV file',
};

/** A signal as a record says it, before the one door takes it. */
export interface MappedSignal {
  metric: string;
  family: SignalFamily | undefined;
  value: number | boolean;
  label: string | undefined;
  unit: string | undefined;
  agent: string | undefined;
  run: string | undefined;
  at: Date | undefined;
  externalId: string | undefined;
  samples: number | undefined;
  note: string | undefined;
}

/** What a record came to: a signal, nothing because nobody rated, or why it cannot be read. */
export type Mapped = { signal: MappedSignal } | { skipped: string } | { reason: string };

/** Of a record: the text, number or truth under a column or path; null where there is none. */
export type Reader = (from: string) => string | number | boolean | null;

/** Words that say the same everywhere: 1 for good, 0 for bad, a half for neither; null where nobody has said. */
const WORDS: Readonly<Record<string, number | null>> = {
  ...{
    true: 1,
    yes: 1,
    y: 1,
    good: 1,
    positive: 1,
    up: 1,
    'thumbs up': 1,
    '👍': 1,
    pass: 1,
    passed: 1,
    ok: 1,
  },
  ...{ accepted: 1, approved: 1, solved: 1, resolved: 1, success: 1, successful: 1, satisfied: 1, happy: 1 },
  ...{ false: 0, no: 0, n: 0, bad: 0, negative: 0, down: 0, 'thumbs down': 0, '👎': 0, fail: 0, failed: 0 },
  ...{ rejected: 0, reopened: 0, unsolved: 0, unresolved: 0, failure: 0, unsuccessful: 0, dissatisfied: 0 },
  ...{ unsatisfied: 0, unhappy: 0, error: 0, neutral: 0.5, mixed: 0.5 },
  ...{ offered: null, unoffered: null, 'not offered': null, 'not rated': null, 'n/a': null, '-': null },
};

/** What a word counts as: a share of 1, null where nobody has said, undefined for one that has no meaning here. */
export function wordValue(word: string): number | null | undefined {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
}

/** A record of another system as a signal, by the mapping. Never throws. */
export function mapSignal(read: Reader, mapping: SignalMapping): Mapped {
  const said = read(mapping.value.from);
  if (said === null || said === '') return { skipped: `It says nothing under "${mapping.value.from}".` };
  const value = readValue(said, mapping.words);
  if (value === null) return { skipped: `"${said}" says that nobody has rated.` };
  if (value === undefined)
    return {
      reason: `"${String(said).slice(0, 60)}" under "${mapping.value.from}" is neither a number nor a word with a meaning here.`,
    };
  const metric = field(read, mapping.metric);
  if (metric === undefined) return { reason: 'It does not say what was measured.' };
  const family = familyOf(field(read, mapping.family));
  if (family === null)
    return {
      reason: `"${field(read, mapping.family) ?? ''}" is no family of signals: technical, eval, feedback, outcome or sme.`,
    };
  const told = mapping.at === undefined ? null : read(mapping.at.from);
  const at = told === null || told === '' ? undefined : timeOf(told);
  if (at === null)
    return {
      reason: `"${String(told).slice(0, 60)}" is not a time that can only mean one: write 2026-11-21 14:05:00, or with a zone.`,
    };
  const counted = mapping.samples === undefined ? null : read(mapping.samples.from);
  const samples = counted === null || counted === '' ? undefined : Number(counted);
  return {
    signal: {
      metric,
      family,
      value: value.value,
      label: value.label,
      unit: value.unit ?? field(read, mapping.unit),
      agent: field(read, mapping.agent),
      run: text(read, mapping.run),
      at,
      externalId: text(read, mapping.id),
      samples,
      note: text(read, mapping.note),
    },
  };
}

function field(read: Reader, mapped: MappedField | undefined): string | undefined {
  if (mapped === undefined) return undefined;
  return 'is' in mapped ? mapped.is : text(read, mapped);
}

function text(read: Reader, mapped: { from: string } | undefined): string | undefined {
  const said = mapped === undefined ? null : read(mapped.from);
  const trimmed = said === null ? '' : String(said).trim();
  return trimmed === '' ? undefined : trimmed;
}

function familyOf(said: string | undefined): SignalFamily | undefined | null {
  if (said === undefined) return undefined;
  const wanted = said.toLowerCase();
  return SIGNAL_FAMILIES.find((family) => family === wanted) ?? null;
}

/** undefined: neither a number nor a known word. Words are shares, unless the mapping gives them a number above 1. */
function readValue(
  said: string | number | boolean,
  words: SignalMapping['words'],
): { value: number | boolean; unit: string | undefined; label: string | undefined } | null | undefined {
  if (typeof said === 'boolean') return { value: said, unit: undefined, label: undefined };
  const key = String(said).trim().toLowerCase();
  const own = new Map(Object.entries(words ?? {}).map(([word, value]) => [word.trim().toLowerCase(), value]));
  const known = own.has(key) ? own.get(key) : typeof said === 'string' ? wordValue(key) : undefined;
  if (known === null) return null;
  if (known !== undefined)
    return {
      value: known,
      unit: known >= 0 && known <= 1 ? 'share' : undefined,
      label: String(said).trim().slice(0, 200),
    };
  const number = typeof said === 'number' ? { value: said, unit: undefined } : numberOf(key);
  return number === null ? undefined : { ...number, label: undefined };
}

/** "0.8", "0,8", "1,234.5", "80 %"; null for what is none. A comma alone is a decimal comma unless groups of three follow. */
function numberOf(said: string): { value: number; unit: string | undefined } | null {
  const percent = said.endsWith('%');
  const bare = (percent ? said.slice(0, -1) : said).replaceAll(/[\s\u00a0\u202f]/g, '');
  const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)
    ? bare.replaceAll(',', '')
    : /^[+-]?\d+,\d+$/.test(bare)
      ? bare.replace(',', '.')
      : bare;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return { value: Number(plain), unit: percent ? '%' : undefined };
}

/** ISO 8601, "2026-11-21 14:05:00" (UTC, as ServiceNow exports), or seconds or milliseconds since 1970; null for anything else. */
function timeOf(said: string | number | boolean): Date | null {
  const written = String(said).trim();
  if (/^\d{10}(\.\d+)?$/.test(written)) return new Date(Number(written) * 1000);
  if (/^\d{13}$/.test(written)) return new Date(Number(written));
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s*(Z|UTC|[+-]\d\d:?\d\d)?)?$/i.exec(
      written,
    );
  if (parts === null) return null;
  const [, day, clock = '00:00:00', zone = 'Z'] = parts;
  const offset = zone.toUpperCase() === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const at = new Date(`${day}T${clock}${offset}`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Looks into a JSON value by a path such as `ticket.satisfaction_rating.score`; objects and lists say nothing themselves. */
export function jsonReader(record: unknown): Reader {
  return (from) => {
    let at: unknown = record;
    for (const part of from.split('.')) {
      if (typeof at !== 'object' || at === null) return null;
      at = new Map<string, unknown>(Object.entries(at)).get(part);
    }
    return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? at : null;
  };
}

const alike = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_.-]+/g, ' ');

/** What a file or a webhook of a known system is read by, before anybody changes it. */
export interface Recognised {
  kind: SourceKind | 'csv';
  mapping: SignalMapping;
}

/**
 * Which system exported a file with these columns, and how it is read: ServiceNow's incidents and surveys, Zendesk's tickets and
 * ratings, or columns that are named as ours. Null: nobody's that is known.
 */
export function recogniseColumns(columns: readonly string[]): Recognised | null {
  const named = new Map(columns.map((each) => [alike(each), each]));
  const first = (...names: string[]) => {
    const found = names.find((name) => named.has(name));
    const from = found === undefined ? undefined : named.get(found);
    return from === undefined ? undefined : { from };
  };
  const some = (parts: Record<string, { from: string } | undefined>) =>
    Object.fromEntries(Object.entries(parts).filter(([, each]) => each !== undefined));
  const run = first(
    'run',
    'run id',
    'run key',
    'correlation id',
    'external id',
    'conversation id',
    'session id',
    'trace id',
    'u run id',
  );
  const agent = first('agent', 'agent name', 'u agent');

  const rating = first(
    'satisfaction score',
    'satisfaction rating',
    'ticket satisfaction rating',
    'satisfaction rating score',
  );
  if (rating !== undefined)
    return {
      kind: 'zendesk',
      mapping: signalMappingSchema.parse({
        metric: { is: 'csat' },
        family: { is: 'feedback' },
        value: rating,
        ...some({
          run,
          agent,
          id: first('id', 'ticket id', 'rating id'),
          at: first('satisfaction updated at', 'updated at', 'solved at', 'created at', 'updated', 'solved'),
          note: first('satisfaction comment', 'comment'),
        }),
      }),
    };
  const survey = first('normalized value', 'actual value', 'rating');
  if (
    first('metric definition', 'metric', 'assessment group', 'instance') !== undefined &&
    survey !== undefined &&
    first('sys id', 'taken on', 'sys updated on', 'sys created on') !== undefined
  )
    return {
      kind: 'servicenow',
      mapping: signalMappingSchema.parse({
        metric: { is: 'csat' },
        family: { is: 'feedback' },
        value: survey,
        ...some({
          run,
          agent,
          id: first('sys id', 'number'),
          at: first('taken on', 'sys updated on', 'sys created on'),
        }),
      }),
    };
  const state = first('close code', 'close code label', 'resolution code', 'incident state', 'state');
  if (
    state !== undefined &&
    first('number', 'sys id') !== undefined &&
    first('short description', 'sys updated on', 'updated', 'sys id', 'opened') !== undefined
  )
    return {
      kind: 'servicenow',
      mapping: signalMappingSchema.parse({
        metric: { is: 'resolved' },
        family: { is: 'outcome' },
        value: state,
        words: SERVICENOW_WORDS,
        ...some({
          run,
          agent,
          id: first('sys id', 'number'),
          at: first('resolved at', 'closed at', 'resolved', 'closed', 'sys updated on', 'updated'),
          note: first('close notes', 'resolution notes'),
        }),
      }),
    };
  const value = first(
    'value',
    'score',
    'result',
    'rating',
    'passed',
    'outcome',
    'sentiment',
    'thumbs',
    'feedback',
  );
  if (value === undefined) return null;
  const metric = first('metric', 'criterion', 'clause', 'name');
  return {
    kind: 'csv',
    mapping: signalMappingSchema.parse({
      metric: metric ?? { is: value.from },
      family: first('family', 'signal') ?? { is: 'feedback' },
      value,
      ...some({
        run,
        agent,
        unit: first('unit'),
        samples: first('samples', 'count', 'n'),
        id: first('id', 'external id'),
        at: first('at', 'time', 'timestamp', 'date', 'created at', 'updated at'),
        note: first('note', 'comment', 'explanation'),
      }),
    }),
  };
}

/** ServiceNow's resolution codes and states of incidents, as they come out of the box. What is still open says nothing yet. */
const SERVICENOW_WORDS: Readonly<Record<string, number | null>> = {
  ...{ 'solved (permanently)': 1, 'solved (work around)': 1, 'solved remotely (permanently)': 1 },
  ...{ 'solved remotely (work around)': 1, 'solution provided': 1, 'workaround provided': 1, closed: 1 },
  ...{ 'resolved by caller': 1, 'resolved by request': 1, 'resolved by change': 1, 'resolved by problem': 1 },
  ...{ 'not solved (not reproducible)': 0, 'not solved (too costly)': 0, 'no resolution provided': 0 },
  ...{
    new: null,
    'in progress': null,
    'on hold': null,
    canceled: null,
    cancelled: null,
    duplicate: null,
    'closed/resolved by caller': 1,
  },
};

/** What the webhook of a system is read by at first: the shapes its own documentation proposes. */
export const SOURCE_MAPPINGS: Readonly<Record<SourceKind, SignalMapping>> = {
  servicenow: {
    metric: { is: 'resolved' },
    family: { is: 'outcome' },
    value: { from: 'close_code' },
    words: { ...SERVICENOW_WORDS },
    id: { from: 'sys_id' },
    run: { from: 'correlation_id' },
    at: { from: 'resolved_at' },
    note: { from: 'close_notes' },
  },
  zendesk: {
    metric: { is: 'csat' },
    family: { is: 'feedback' },
    value: { from: 'score' },
    id: { from: 'ticket_id' },
    run: { from: 'external_id' },
    at: { from: 'updated_at' },
    note: { from: 'comment' },
  },
  webhook: {
    metric: { from: 'metric' },
    family: { from: 'family' },
    value: { from: 'value' },
    agent: { from: 'agent' },
    run: { from: 'run' },
    id: { from: 'id' },
    at: { from: 'at' },
    note: { from: 'note' },
  },
};
