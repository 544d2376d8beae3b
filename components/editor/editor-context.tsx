'use client';

import { createContext, type ReactNode, useContext, useRef, useSyncExternalStore } from 'react';
import type { Edit, Path } from '@/lib/contract/edit-value';
import type { Contract, SectionKey } from '@/lib/contract/schema';
import type { Issue } from '@/lib/errors';
import type { DecidedTool } from '@/lib/services/catalogue/list-decided-tools';
import { clauseOf, type DraftStore, type DraftView, fieldValue, type Mark } from './draft-store';

/** A place one jumps to; `at` tells two jumps to the same place apart. */
export interface Target {
  clause: string;
  at: number;
}

export interface EditorPerson {
  personId: string;
  name: string;
  email: string;
}

interface Editor {
  store: DraftStore;
  draftId: string;
  /** Who writes here. */
  me: string;
  /** What a contract that extends the workspace defaults is completed with. */
  defaults: Contract | null;
  people: readonly EditorPerson[];
  target: Target | null;
  /** Where this person is, for the others. */
  at: (clause: string | null) => void;
  go: (clause: string) => void;
  section: SectionKey;
  /** Tools of the workspace that a person has classified. */
  catalogue: readonly DecidedTool[];
  /** Open conversations by clause. */
  threads: ReadonlyMap<string, { open: number; requests: number }>;
}

const EditorContext = createContext<Editor | null>(null);

export function EditorProvider({ editor, children }: { editor: Editor; children: ReactNode }) {
  return <EditorContext value={editor}>{children}</EditorContext>;
}

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === null) throw new Error('A field of the editor stands outside it.');
  return editor;
}

/** A part of what is shown; draws again only when that very part is another. */
export function useDraft<T>(select: (view: DraftView) => T): T {
  const { store } = useEditor();
  const read = () => select(store.get());
  return useSyncExternalStore(store.subscribe, read, read);
}

export function useValue(path: Path): unknown {
  return useDraft((view) => fieldValue(view, path));
}

/** A list that is the same object for as long as its items are. */
export function useSame<T>(select: (view: DraftView) => readonly T[]): readonly T[] {
  const last = useRef<readonly T[]>([]);
  return useDraft((view) => {
    const next = select(view);
    const { current } = last;
    if (next.length === current.length && next.every((item, index) => Object.is(item, current[index])))
      return current;
    last.current = next;
    return next;
  });
}

/** The clause a field is, for issues, marks and comments. */
export function useClause(path: Path): string {
  return useDraft((view) => clauseOf(view.document, path));
}

/** What is wrong at a clause, or still to be written. */
export function useIssues(clause: string): readonly Issue[] {
  return useDraft((view) => issuesByClause(view.reading.issues).get(clause) ?? NONE);
}

/** How much is wrong at or below a clause, and how much is missing. */
export function useCounts(clause: string): string {
  return useDraft((view) => {
    let [errors, todo] = [0, 0];
    for (const issue of view.reading.issues) {
      if (issue.path !== clause && !issue.path.startsWith(`${clause}/`)) continue;
      if (issue.missing === true) todo += 1;
      else errors += 1;
    }
    return `${errors} ${todo}`;
  });
}

export function useMark(clause: string): Mark | undefined {
  return useDraft((view) => view.marks.get(clause));
}

export function useMayWrite(): boolean {
  return useDraft((view) => view.mayWrite && view.readable);
}

/** Changes of the form. */
export function useEdit(): (edits: readonly Edit[], tag?: string) => void {
  const { store } = useEditor();
  return (edits, tag) => store.edit(edits, tag);
}

const NONE: readonly Issue[] = [];
const byClause = new WeakMap<readonly Issue[], ReadonlyMap<string, readonly Issue[]>>();

function issuesByClause(issues: readonly Issue[]): ReadonlyMap<string, readonly Issue[]> {
  const known = byClause.get(issues);
  if (known !== undefined) return known;
  const made = new Map<string, Issue[]>();
  for (const issue of issues) {
    const list = made.get(issue.path);
    if (list === undefined) made.set(issue.path, [issue]);
    else list.push(issue);
  }
  byClause.set(issues, made);
  return made;
}
