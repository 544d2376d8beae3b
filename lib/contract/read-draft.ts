import { z } from 'zod';
import type { Issue } from '@/lib/errors';
import { sectionOf } from './clauses';
import { type Group, isGroup } from './edit-value';
import { completeWith } from './inherit';
import { judge, readText } from './parse';
import { type Contract, contractSchema, SECTIONS, type SectionKey } from './schema';

export interface SectionState {
  key: SectionKey;
  /** What is still to be written. */
  todo: number;
  /** What is wrong. */
  errors: number;
  /** Nothing stands in it. Such a section may yet be complete: nobody has to name policies. */
  empty: boolean;
}

/** A draft as far as it has come. */
export interface DraftReading {
  /** What the text says, however incomplete; null when it cannot be read as YAML with named sections. */
  document: Group | null;
  /** The contract, once nothing is missing and nothing wrong. */
  contract: Contract | null;
  /** Every fault, in the order of the text; `missing` where something is only still to be written. */
  issues: readonly Issue[];
  /** The twelve sections in their order. */
  sections: readonly SectionState[];
  /** Paths of clauses that come from the workspace defaults (lib/contract/inherit.ts). */
  inherited: readonly string[];
}

/**
 * Reads the text of a draft; one that extends the workspace defaults is completed with them first. Never throws: whatever
 * is wrong with it is among the issues.
 */
export function readDraft(source: string, defaults?: Contract): DraftReading {
  const text = readText(source, 'yaml');
  if (!text.ok) {
    const nothing = source.trim() === '' || /^(\s*(#[^\n]*)?\n?)*$/.test(source.slice(0, 2000));
    return nothing ? reading({}, judge(withGroups({}, contractSchema), EMPTY)) : reading(null, text);
  }
  if (!isGroup(text.document))
    return reading(null, {
      ok: false,
      issues: [
        {
          path: '',
          line: 1,
          column: 1,
          message: 'This is not a contract yet.',
          expected: 'named sections: identity, scope, tools and so on',
        },
      ],
    });
  // A section that is missing counts by what it has to say, not as one.
  const { document, inherited } =
    defaults === undefined
      ? { document: text.document, inherited: [] }
      : completeWith(text.document, defaults);
  return reading(text.document, judge(withGroups(document, contractSchema), text), inherited);
}

const EMPTY = emptyText();

function emptyText() {
  const text = readText('{}', 'yaml');
  if (!text.ok) throw new Error('An empty document is well-formed.');
  return text;
}

function reading(
  document: Group | null,
  judged: ReturnType<typeof judge>,
  inherited: readonly string[] = [],
): DraftReading {
  const issues = judged.ok ? [] : judged.issues;
  return {
    document,
    contract: judged.ok ? judged.contract : null,
    issues,
    inherited,
    sections: SECTIONS.map(({ key }) => {
      const own = issues.filter((issue) => sectionOf(issue.path) === key);
      const todo = own.filter((issue) => issue.missing === true).length;
      return { key, todo, errors: own.length - todo, empty: isEmpty(document, key) };
    }),
  };
}

function isEmpty(document: Group | null, key: SectionKey): boolean {
  const values = key === 'tools' ? [document?.tools, document?.data] : [document?.[key]];
  return values.every(
    (value) =>
      value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0),
  );
}

/** The document with the groups it has to have, so that each missing value is told of by its own name. */
function withGroups(value: unknown, schema: z.ZodType): unknown {
  if (!(schema instanceof z.ZodObject) || !(value === undefined || value === null || isGroup(value)))
    return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [key, inner] of Object.entries(schema.shape)) {
    if (!(inner instanceof z.ZodObject) && !(inner instanceof z.ZodArray && filled[key] === null)) continue;
    filled[key] = withGroups(filled[key], inner);
  }
  return filled;
}
