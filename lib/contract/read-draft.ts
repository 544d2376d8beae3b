import { z } from 'zod';
import type { Issue } from '@/lib/errors';
import { sectionOf } from './clauses';
import { type Group, isGroup } from './edit-value';
import { completeWith } from './inherit';
import { type LintContext, type LintFinding, lint } from './lint';
import { judge, readText } from './parse';
import { type Contract, contractSchema, SECTIONS, type SectionKey } from './schema';

export interface SectionState {
  key: SectionKey;
  /** What is still to be written. */
  todo: number;
  /** What is wrong. */
  errors: number;
  /** What lint warns of, once the contract is complete. */
  warnings: number;
  /** Nothing stands in it. Such a section may yet be complete: nobody has to name policies. */
  empty: boolean;
}

/** A draft as far as it has come. */
export interface DraftReading {
  /** What the text says, however incomplete; null when it cannot be read as YAML with named sections. */
  document: Group | null;
  /** The contract, once nothing is missing and nothing wrong. */
  contract: Contract | null;
  /** Its risk profile: what a page that is not sent the whole contract tries on recent runs. */
  risk: Contract['risk'] | null;
  /** Every fault, in the order of the text; `missing` where something is only still to be written. */
  issues: readonly Issue[];
  /** The twelve sections in their order. */
  sections: readonly SectionState[];
  /** Paths of clauses that come from the workspace defaults (lib/contract/inherit.ts). */
  inherited: readonly string[];
  /** What lint finds in the contract, once it is complete and where it was asked for. */
  findings: readonly LintFinding[];
}

/** What a draft is read with, beside its text. */
export interface DraftContext {
  /** Those of the workspace, for a draft that extends them. */
  defaults?: Contract;
  lint?: LintContext;
}

/**
 * Reads the text of a draft; one that extends the workspace defaults is completed with them first. Never throws: whatever
 * is wrong with it is among the issues.
 */
export function readDraft(source: string, context: DraftContext = {}): DraftReading {
  const text = readText(source, 'yaml');
  if (!text.ok) {
    const nothing = source.trim() === '' || /^(\s*(#[^\n]*)?\n?)*$/.test(source.slice(0, 2000));
    return nothing
      ? reading({}, judge(withGroups({}, contractSchema), EMPTY), context)
      : reading(null, text, context);
  }
  if (!isGroup(text.document)) return reading(null, { ok: false, issues: [NO_CONTRACT] }, context);
  // A section that is missing counts by what it has to say, not as one.
  const { document, inherited } =
    context.defaults === undefined
      ? { document: text.document, inherited: [] }
      : completeWith(text.document, context.defaults);
  return reading(text.document, judge(withGroups(document, contractSchema), text), context, inherited);
}

const NO_CONTRACT: Issue = {
  path: '',
  line: 1,
  column: 1,
  message: 'This is not a contract yet.',
  expected: 'named sections: identity, scope, tools and so on',
};

const EMPTY = emptyText();

function emptyText() {
  const text = readText('{}', 'yaml');
  if (!text.ok) throw new Error('An empty document is well-formed.');
  return text;
}

function reading(
  document: Group | null,
  judged: ReturnType<typeof judge>,
  context: DraftContext,
  inherited: readonly string[] = [],
): DraftReading {
  const issues = judged.ok ? [] : judged.issues;
  const findings = judged.ok && context.lint !== undefined ? lint(judged.contract, context.lint) : [];
  return {
    document,
    contract: judged.ok ? judged.contract : null,
    risk: judged.ok ? judged.contract.risk : null,
    issues,
    inherited,
    findings,
    sections: SECTIONS.map(({ key }) => {
      const own = issues.filter((issue) => sectionOf(issue.path) === key);
      const todo = own.filter((issue) => issue.missing === true).length;
      const found = (level: LintFinding['level']) =>
        findings.filter((finding) => finding.level === level && sectionOf(finding.clause) === key).length;
      return {
        key,
        todo,
        errors: own.length - todo + found('error'),
        warnings: found('warning'),
        empty: isEmpty(document, key),
      };
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
