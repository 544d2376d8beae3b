import { type Document, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { z } from 'zod';
import type { Issue } from '@/lib/errors';
import { check, type Misfit } from './check';
import { expectedOf, keysAllowedAt, messageOf, nearest } from './expected';
import { completeWith } from './inherit';
import { clausePath, placeOf } from './locate';
import { type Contract, contractSchema } from './schema';
import { soundParts } from './sound-parts';

/** The longest contract that is read, in UTF-16 code units; a large real one has about 100,000. */
export const MAX_SOURCE = 1_000_000;

export type SourceFormat = 'yaml' | 'json';
export type Parsed =
  | {
      ok: true;
      contract: Contract;
      /** As authored. */
      document: unknown;
      /** Paths of clauses that came from the workspace defaults (lib/contract/inherit.ts). */
      inherited: string[];
    }
  | { ok: false; issues: Issue[] };

/**
 * Reads a contract from text. Either the contract with its defaults filled in and the document as authored, or every
 * fault at once, each with clause path, line, column and what was expected there. A contract that extends the workspace
 * defaults is completed with `defaults` first; without them, what it leaves out is missing.
 */
export function parseContract(source: string, format: SourceFormat, defaults?: Contract): Parsed {
  const text = readText(source, format);
  if (!text.ok) return text;
  const { document, inherited } =
    defaults === undefined
      ? { document: text.document, inherited: [] }
      : completeWith(text.document, defaults);
  const judged = judge(document, text);
  return judged.ok ? { ...judged, document: text.document, inherited } : judged;
}

/** Text that is one well-formed document, with where everything in it stands. */
export interface ReadText {
  document: unknown;
  node: Document;
  lines: LineCounter;
}

/** The text as one document of plain values, whatever they say; or what keeps it from being read. */
export function readText(
  source: string,
  format: SourceFormat,
): ({ ok: true } & ReadText) | { ok: false; issues: Issue[] } {
  const refusal = refuseText(source);
  if (refusal !== undefined) return failed([{ path: '', line: 1, column: 1, ...refusal }]);
  if (format === 'json') {
    const fault = jsonFault(source);
    if (fault !== undefined) return failed([fault]);
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    version: '1.2',
    schema: format === 'json' ? 'json' : 'core',
    prettyErrors: false,
  });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (first === undefined || (first.contents === null && first.errors.length === 0))
    return failed([
      { path: '', line: 1, column: 1, message: 'There is nothing here.', expected: 'a contract' },
    ]);
  if (Array.isArray(documents) && documents.length > 1) {
    const second = documents[1]?.range?.[0] ?? 0;
    return failed([
      {
        path: '',
        line: lines.linePos(second).line,
        column: 1,
        message: 'There are several documents in this text.',
        expected: 'one contract at a time',
      },
    ]);
  }
  const faults = [...syntaxIssues(first, lines), ...aliasIssues(first, lines)];
  if (faults.length > 0) return failed(faults);
  return { ok: true, document: first.toJS({ maxAliasCount: 0 }), node: first, lines };
}

/** Whether a document is a sound contract; `at` says where its faults stand in the text it was read from. */
export function judge(
  document: unknown,
  at: Pick<ReadText, 'node' | 'lines'>,
): { ok: true; contract: Contract } | { ok: false; issues: Issue[] } {
  const parsed = contractSchema.safeParse(document, { reportInput: true });
  const told = ({ path, ...rest }: Misfit): Issue => ({
    path: clausePath(document, path),
    ...placeOf(at.node, at.lines, path),
    ...rest,
  });
  if (!parsed.success) {
    const { issues } = parsed.error;
    // What does not fit together elsewhere is told at once, not after these are mended.
    const sound = soundParts(
      document,
      issues.map((issue) => issue.path),
    );
    const others = (sound === undefined ? [] : check(sound.contract)).flatMap((misfit) => {
      const path = sound?.pathInDocument(misfit.path);
      return path === undefined ? [] : [told({ ...misfit, path })];
    });
    return failed([
      ...issues.flatMap((issue) => schemaIssues(issue, document, at.node, at.lines)),
      ...others,
    ]);
  }
  const misfits = check(parsed.data);
  return misfits.length > 0 ? failed(misfits.map(told)) : { ok: true, contract: parsed.data };
}

/** For a stored document, which was parsed before it was stored. Throws when it no longer fits the schema. */
export function readStored(document: unknown): Contract {
  return contractSchema.parse(document);
}

function failed(issues: Issue[]): { ok: false; issues: Issue[] } {
  return { ok: false, issues: issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, 200) };
}

function refuseText(source: string): { message: string; expected: string } | undefined {
  if (source.length > MAX_SOURCE)
    return {
      message: `This text has ${source.length.toLocaleString('en')} characters, more than any contract needs.`,
      expected: `at most ${MAX_SOURCE.toLocaleString('en')}`,
    };
  if (source.includes('\0')) return { message: 'This text holds NUL characters.', expected: 'plain text' };
  return undefined;
}

function syntaxIssues(document: Document, lines: LineCounter): Issue[] {
  return document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return {
      path: '',
      line: Math.max(1, line),
      column: Math.max(1, col),
      message:
        error.code === 'DUPLICATE_KEY'
          ? 'This key stands twice in the same group.'
          : firstSentence(error.message),
      expected: error.code === 'DUPLICATE_KEY' ? 'each key once' : 'well-formed YAML',
    };
  });
}

function aliasIssues(document: Document, lines: LineCounter): Issue[] {
  const issues: Issue[] = [];
  visit(document, {
    Alias(_key, node) {
      const { line, col } = lines.linePos(node.range?.[0] ?? 0);
      issues.push({
        path: '',
        line,
        column: col,
        message: 'A contract is read by people: it may not use YAML aliases (*name).',
        expected: 'the value written out',
      });
    },
  });
  return issues;
}

/** YAML reads more than JSON does, so strict JSON is checked by the platform's own parser. */
function jsonFault(source: string): Issue | undefined {
  try {
    JSON.parse(source);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not JSON';
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const before = source.slice(0, at).split('\n');
    return {
      path: '',
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
      message: 'This is not well-formed JSON.',
      expected: 'JSON (use YAML for comments and unquoted keys)',
    };
  }
}

function schemaIssues(
  issue: z.core.$ZodIssue,
  document: unknown,
  parsed: Document,
  lines: LineCounter,
): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAllowedAt(issue.path);
    return issue.keys.map((key) => {
      const meant = nearest(key, allowed);
      return {
        path: clausePath(document, [...issue.path, key]),
        ...placeOf(parsed, lines, [...issue.path, key]),
        message:
          `"${key}" is not known here${meant === undefined ? '' : `; did you mean "${meant}"?`}`.replace(
            /([^?])$/,
            '$1.',
          ),
        ...(allowed.length > 0 ? { expected: `one of ${allowed.join(', ')}` } : {}),
      };
    });
  }
  if (issue.code === 'invalid_union') {
    // The form that got furthest tells most; of equals the one that knows the keys that are there.
    const closest = issue.errors.toSorted(
      (a, b) => depth(b) - depth(a) || strangeKeys(a) - strangeKeys(b),
    )[0];
    if (closest !== undefined && depth(closest) > 0)
      return closest.flatMap((inner) =>
        schemaIssues({ ...inner, path: [...issue.path, ...inner.path] }, document, parsed, lines),
      );
  }
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({
      path: clausePath(document, issue.path),
      ...placeOf(parsed, lines, issue.path),
      message: `This key is not a name that can stand here: ${inner.message}.`,
    }));
  const missing =
    issue.input === undefined && ['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code);
  const expected = issue.code === 'invalid_union' ? anyOf(issue) : expectedOf(issue, contractSchema);
  return [
    {
      path: clausePath(document, issue.path),
      ...placeOf(parsed, lines, issue.path),
      message: messageOf(issue, missing),
      ...(expected === undefined ? {} : { expected }),
      ...(missing || isEmpty(issue) ? { missing: true } : {}),
    },
  ];
}

function isEmpty(issue: z.core.$ZodIssue): boolean {
  return (
    issue.code === 'too_small' &&
    (issue.input === '' || (Array.isArray(issue.input) && issue.input.length === 0))
  );
}

/** The forms a union takes, in words. */
function anyOf(issue: z.core.$ZodIssueInvalidUnion): string | undefined {
  if ('options' in issue && Array.isArray(issue.options))
    return `one of ${issue.options.map(String).join(', ')}`;
  const forms = issue.errors.flatMap((branch) => branch.flatMap((inner) => expectedOf(inner) ?? []));
  return forms.length === 0 ? undefined : [...new Set(forms)].join(', or ');
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(
    0,
    ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)),
  );
}

function strangeKeys(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);
}

function firstSentence(text: string): string {
  const sentence = text.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? text;
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}
