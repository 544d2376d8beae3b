import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { aContract } from '@/lib/services/testing/a-contract';
import { isGroup } from './edit-value';
import { type Field, FORM } from './form-model';
import { FIELD_WORDS, OPTION_WORDS } from './form-words';
import { parseContract } from './parse';

function all(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [field, ...('fields' in field ? all(field.fields) : [])]);
}
const FIELDS = FORM.flatMap((section) => all(section.fields));

/** Patterns of everything a whole contract says; what has a control of its own is written there as one. */
function patternsOf(value: unknown, at: string): string[] {
  const field = FIELDS.find((each) => each.pattern === at);
  if (field !== undefined && !('fields' in field)) return [at];
  if (Array.isArray(value)) return value.flatMap((item) => patternsOf(item, `${at}/*`));
  if (!isGroup(value)) return [at];
  return Object.entries(value).flatMap(([key, inner]) =>
    patternsOf(inner, at === 'tools' ? 'tools/*' : at === '' ? key : `${at}/${key}`).flatMap((each) =>
      at === 'tools' ? patternsOf(inner, 'tools/*') : [each],
    ),
  );
}

describe('the form of a contract', () => {
  it('has a field for everything a contract says', () => {
    const parsed = parseContract(stringify(aContract()), 'yaml');
    if (!parsed.ok) throw new Error('The contract is sound.');
    const { apiVersion: _, kind: __, ...sections } = parsed.contract;
    const known = new Set(FIELDS.map((field) => field.pattern));
    const missing = [...new Set(patternsOf(sections, ''))].filter((pattern) => !known.has(pattern));
    expect(missing).toEqual([]);
  });

  it('names every field, and none alike within its group', () => {
    const groups = [
      ...FORM.map((section) => section.fields),
      ...FIELDS.flatMap((field) => ('fields' in field ? [field.fields] : [])),
    ];
    for (const fields of groups) {
      const labels = fields.map((field) => field.label);
      expect(labels.every((label) => label.trim() !== '')).toBe(true);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  it('has words only for what there is', () => {
    const known = new Set([
      'data',
      ...FORM.map((section) => section.key),
      ...FIELDS.map((field) => field.pattern),
    ]);
    expect(Object.keys(FIELD_WORDS).filter((pattern) => !known.has(pattern))).toEqual([]);
    expect(
      Object.keys(OPTION_WORDS).filter((pattern) => !known.has(pattern) && !/^[a-z]+\/\*$/.test(pattern)),
    ).toEqual([]);
  });

  it('gives numbers their bounds and units', () => {
    expect(FIELDS.find((field) => field.pattern === 'cost/perRun')).toMatchObject({
      kind: 'number',
      min: 0,
      unit: 'USD',
    });
    expect(FIELDS.find((field) => field.pattern === 'cost/tokensPerRun')).toMatchObject({
      whole: true,
      unit: 'tokens',
    });
    expect(FIELDS.find((field) => field.pattern === 'identity/delegation/on')).toMatchObject({
      kind: 'day',
      required: true,
    });
  });
});
