import { z } from 'zod';
import {
  FIELD_WORDS,
  type FieldWords,
  humanised,
  OPTION_WORDS,
  type Option,
  type Source,
} from './form-words';
import { contractSchema, SECTIONS, type SectionKey } from './schema';

interface Base {
  /** The last key of its path. */
  key: string;
  /** Its path with `*` for ids and names: `tools/*\/action`. */
  pattern: string;
  label: string;
  hint?: string;
  /** Must be written; what may be left out has a `fallback` or means nothing. */
  required: boolean;
  /** What holds when it is left out. */
  fallback?: unknown;
}

/** One field of the form: how a part of the contract is written by a person. */
export type Field = Base &
  (
    | { kind: 'text'; long: boolean; source: Source; code: boolean }
    | { kind: 'number'; whole: boolean; min?: number; max?: number; unit?: string }
    | { kind: 'choice'; options: readonly Option[] }
    | { kind: 'flag' }
    | { kind: 'day' }
    | { kind: 'words'; source: Source }
    | { kind: 'choices'; options: readonly Option[] }
    | { kind: 'group'; fields: readonly Field[] }
    | { kind: 'list'; fields: readonly Field[]; noun: string }
    | { kind: 'tools'; fields: readonly Field[] }
    | { kind: 'weights' }
    | { kind: 'conditions' }
    | { kind: 'arguments' }
    | { kind: 'reversible' }
    | { kind: 'aggregate' }
    | { kind: 'trigger' }
  );
export type FieldOf<K extends Field['kind']> = Extract<Field, { kind: K }>;

export interface FormSection {
  key: SectionKey;
  /** 1 to 12. */
  number: number;
  title: string;
  /** What the section is for, in a line. */
  hint: string;
  fields: readonly Field[];
}

/** The twelve sections as forms, derived from the schema; words and units come from form-words.ts. */
export const FORM: readonly FormSection[] = SECTIONS.map(({ key, title }, index) => ({
  key,
  number: index + 1,
  title,
  hint: FIELD_WORDS[key]?.hint ?? '',
  fields: fieldsOf(key),
}));

/** The section of a form by its key. */
export function formSection(key: SectionKey): FormSection {
  const section = FORM.find((each) => each.key === key);
  if (section === undefined) throw new Error(`There is no section ${key}.`);
  return section;
}

function fieldsOf(key: SectionKey): Field[] {
  const own = fieldOf(key, contractSchema.shape[key], key);
  // A section that is a group is its fields; the data domains are written beside the tools.
  const fields = own.kind === 'group' ? own.fields : [own];
  if (key !== 'tools') return [...fields];
  const data = fieldOf('data', contractSchema.shape.data, 'data');
  return data.kind === 'group' ? [...fields, ...data.fields] : [...fields];
}

function fieldOf(key: string, declared: unknown, pattern: string): Field {
  const { schema, required, fallback, description } = bare(declared);
  const words: FieldWords = FIELD_WORDS[pattern] ?? {};
  // A section says its hint once, at its head.
  const hint = pattern in contractSchema.shape ? '' : (words.hint ?? description);
  const base: Base = {
    key,
    pattern,
    label: words.label ?? humanised(key),
    required,
    ...(hint === undefined || hint === '' ? {} : { hint }),
    ...(fallback === undefined ? {} : { fallback }),
  };
  if (pattern === 'tools/*/reversible') return { ...base, kind: 'reversible' };
  if (pattern === 'tools/*/arguments') return { ...base, kind: 'arguments' };
  if (pattern === 'risk/aggregate') return { ...base, kind: 'aggregate' };
  if (pattern === 'failure/ladder/*/when') return { ...base, kind: 'trigger' };
  if (pattern === 'authority/rules/*/when') return { ...base, kind: 'conditions' };
  if (schema instanceof z.ZodObject) return { ...base, kind: 'group', fields: entriesOf(schema, pattern) };
  if (schema instanceof z.ZodRecord)
    return pattern === 'tools'
      ? { ...base, kind: 'tools', fields: entriesOf(bare(schema.valueType).schema, 'tools/*') }
      : { ...base, kind: 'weights' };
  if (schema instanceof z.ZodArray) return listOf(base, schema, words);
  if (schema instanceof z.ZodEnum) return { ...base, kind: 'choice', options: optionsOf(schema, pattern) };
  if (schema instanceof z.ZodBoolean) return { ...base, kind: 'flag' };
  if (schema instanceof z.ZodNumber) return numberOf(base, schema, words);
  if (schema instanceof z.ZodISODate) return { ...base, kind: 'day' };
  if (schema instanceof z.ZodEmail)
    return { ...base, kind: 'text', long: false, source: 'person', code: false };
  const long = schema instanceof z.ZodString && (schema.maxLength ?? 0) > 500;
  return { ...base, kind: 'text', long, source: words.source ?? 'text', code: words.code ?? false };
}

function listOf(base: Base, schema: z.ZodArray, words: FieldWords): Field {
  const item = bare(schema.element).schema;
  if (item instanceof z.ZodObject)
    return {
      ...base,
      kind: 'list',
      fields: entriesOf(item, `${base.pattern}/*`),
      noun: words.noun ?? 'entry',
    };
  if (item instanceof z.ZodEnum) return { ...base, kind: 'choices', options: optionsOf(item, base.pattern) };
  return { ...base, kind: 'words', source: item instanceof z.ZodEmail ? 'person' : (words.source ?? 'text') };
}

function numberOf(base: Base, schema: z.ZodNumber, words: FieldWords): Field {
  const [min, max] = [schema.minValue, schema.maxValue];
  return {
    ...base,
    kind: 'number',
    whole: schema.isInt,
    ...(min !== null && Number.isFinite(min) ? { min } : {}),
    ...(max !== null && Number.isFinite(max) && max < Number.MAX_SAFE_INTEGER ? { max } : {}),
    ...(words.unit === undefined ? {} : { unit: words.unit }),
  };
}

function entriesOf(schema: unknown, pattern: string): Field[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([key, inner]) => fieldOf(key, inner, `${pattern}/${key}`));
}

function optionsOf(schema: z.ZodEnum, pattern: string): Option[] {
  const words = OPTION_WORDS[pattern] ?? OPTION_WORDS[`${pattern.split('/')[0]}/*`] ?? {};
  return schema.options.map((option) => {
    const value = String(option);
    const said = words[value];
    return { value, ...(typeof said === 'object' ? said : { label: said ?? humanised(value) }) };
  });
}

interface Bare {
  schema: unknown;
  required: boolean;
  fallback?: unknown;
  description?: string;
}

/** The schema itself, with what its wrappers say: whether it may be left out, and what holds then. */
function bare(declared: unknown): Bare {
  let schema = declared;
  let required = true;
  let fallback: unknown;
  let description: string | undefined;
  for (;;) {
    if (schema instanceof z.ZodType) description ??= schema.description;
    if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
      required = false;
      fallback ??= schema.def.defaultValue;
      schema = schema.unwrap();
    } else if (schema instanceof z.ZodOptional) {
      required = false;
      schema = schema.unwrap();
    } else if (schema instanceof z.ZodLazy) schema = schema.unwrap();
    else break;
  }
  return {
    schema,
    required,
    ...(fallback === undefined ? {} : { fallback }),
    ...(description === undefined ? {} : { description }),
  };
}
