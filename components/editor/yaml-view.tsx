'use client';

import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Issue } from '@/lib/errors';
import type { DraftStore } from './draft-store';
import { type Target, useDraft, useEditor } from './editor-context';
import { othersLines, showOthers } from './others-lines';
import { plainText } from './typed-text';
import { completeYaml, describeYaml } from './yaml-completion';
import { yaml } from './yaml-language';
import { lineOfClause } from './yaml-lines';

/** Marks what the store itself wrote, so that it is not told of it again. */
const fromStore = Annotation.define<boolean>();

/** The text of the draft: the same draft as the form's, with what is wrong at its line and what may stand at the cursor. */
export default function YamlView() {
  const { store, target, at } = useEditor();
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const source = useDraft((draft) => draft.source);
  const issues = useDraft((draft) => draft.reading.issues);
  const marks = useDraft((draft) => draft.marks);
  const mayWrite = useDraft((draft) => draft.mayWrite);
  const says = useRef(at);
  says.current = at;

  useEffect(() => {
    if (box.current === null) return;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({ doc: store.get().source, extensions: extensions(store, mayWrite, says) }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [store, mayWrite]);

  useEffect(() => {
    if (view.current !== null) writeInto(view.current, source);
  }, [source]);

  useEffect(() => {
    if (view.current !== null)
      view.current.dispatch(setDiagnostics(view.current.state, diagnostics(view.current, issues)));
  }, [issues]);

  // After the text that brought them.
  useEffect(() => {
    if (view.current !== null && marks.size > 0) showOthers(view.current, marks);
  }, [marks]);

  useEffect(() => {
    if (view.current !== null && target !== null) reveal(view.current, target, store);
  }, [target, store]);

  return <div ref={box} className="overflow-hidden rounded-lg border border-line bg-sheet" />;
}

function extensions(
  store: DraftStore,
  mayWrite: boolean,
  says: { current: (clause: string | null) => void },
) {
  const undo = () => {
    void store.undo();
    return true;
  };
  const redo = () => {
    void store.redo();
    return true;
  };
  return [
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    yaml(),
    othersLines,
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    bracketMatching(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    autocompletion({ override: [completeYaml], icons: false }),
    hoverTooltip(({ state }, pos) => describedAt(state, pos)),
    THEME,
    EditorState.readOnly.of(!mayWrite),
    EditorView.contentAttributes.of({ 'aria-label': 'Contract as YAML', dir: 'auto', tabindex: '0' }),
    // One history for both views: the editor's own is not there.
    Prec.highest(
      keymap.of([
        { key: 'Mod-z', run: undo, preventDefault: true },
        { key: 'Mod-y', run: redo, preventDefault: true },
        { key: 'Mod-Shift-z', run: redo, preventDefault: true },
      ]),
    ),
    keymap.of([
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...foldKeymap,
      indentWithTab,
      ...defaultKeymap,
    ]),
    // What word processors slip in would be invisible faults of the YAML.
    EditorView.clipboardInputFilter.of((text) => plainText(text)),
    EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.some((each) => each.annotation(fromStore) === true))
        store.write(update.state.doc.toString());
      if (update.selectionSet || update.docChanged) {
        const line = update.state.doc.lineAt(update.state.selection.main.head).number;
        says.current(sectionAt(update.state, line));
      }
    }),
  ];
}

/** What a key means, beside it. */
function describedAt(state: EditorState, pos: number): Tooltip | null {
  const line = state.doc.lineAt(pos);
  const words = describeYaml({ at: (number) => state.doc.line(number).text }, line.number);
  const key = /^[\s-]*[\w.-]+(?=:)/.exec(line.text)?.[0];
  if (words === undefined || key === undefined || pos > line.from + key.length) return null;
  return {
    pos: line.from + (/^[\s-]*/.exec(key)?.[0].length ?? 0),
    create() {
      const dom = document.createElement('div');
      dom.className = 'cm-described';
      dom.textContent = words;
      return { dom };
    },
  };
}

/** The section a line belongs to: the last key at the margin above it. */
function sectionAt(state: EditorState, line: number): string | null {
  for (let number = line; number > 0; number -= 1) {
    const key = /^([a-z]+):/i.exec(state.doc.line(number).text)?.[1];
    if (key !== undefined) return key;
  }
  return null;
}

/** Only what differs is written, so that cursor, selection and scroll stay where they are. */
function writeInto(view: EditorView, source: string): void {
  const now = view.state.doc.toString();
  if (now === source) return;
  let start = 0;
  while (start < now.length && start < source.length && now[start] === source[start]) start += 1;
  let end = 0;
  const most = Math.min(now.length, source.length) - start;
  while (end < most && now[now.length - 1 - end] === source[source.length - 1 - end]) end += 1;
  view.dispatch({
    changes: { from: start, to: now.length - end, insert: source.slice(start, source.length - end) },
    annotations: fromStore.of(true),
  });
}

function diagnostics(view: EditorView, issues: readonly Issue[]): Diagnostic[] {
  const { doc } = view.state;
  return issues.flatMap((issue) => {
    if (issue.line === undefined || issue.line > doc.lines) return [];
    const line = doc.line(issue.line);
    const from = Math.min(line.to, line.from + (issue.column ?? 1) - 1);
    return [
      {
        from,
        to: Math.max(from, line.to),
        severity: issue.missing === true ? ('warning' as const) : ('error' as const),
        message: `${issue.missing === true && issue.path !== '' ? `${issue.path}: ` : ''}${issue.message}${issue.expected === undefined ? '' : ` Expected ${issue.expected}.`}`,
      },
    ];
  });
}

function reveal(view: EditorView, target: Target, store: DraftStore): void {
  const issue = store.get().reading.issues.find((each) => each.path === target.clause);
  const number = issue?.line ?? lineOfClause(view.state.doc.toString(), target.clause);
  if (number === undefined || number > view.state.doc.lines) return;
  const line = view.state.doc.line(number);
  view.dispatch({
    selection: { anchor: line.from + (issue?.column ?? 1) - 1 },
    effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
  });
  view.focus();
}

const THEME = EditorView.theme({
  '&': {
    backgroundColor: 'var(--sheet)',
    color: 'var(--ink)',
    fontSize: '13px',
    height: 'calc(100dvh - 220px)',
    minHeight: '360px',
  },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-content': {
    fontFamily: 'var(--font-geist-mono), ui-monospace, monospace',
    padding: '8px 0',
    caretColor: 'var(--ink)',
  },
  '.cm-yaml-key': { color: 'var(--accent)' },
  '.cm-yaml-comment': { color: 'var(--ink-3)', fontStyle: 'italic' },
  '.cm-yaml-punctuation': { color: 'var(--ink-2)' },
  '.cm-scroller': { lineHeight: '20px' },
  '.cm-gutters': { backgroundColor: 'var(--sheet)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--sunk)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--sunk)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--sheet)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
  },
  '.cm-tooltip': { boxShadow: 'var(--float)', maxWidth: '440px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--ink)',
  },
  '.cm-completionInfo': { padding: '6px 8px', fontFamily: 'var(--font-geist-sans), sans-serif' },
  '.cm-described': {
    fontFamily: 'var(--font-geist-sans), sans-serif',
    padding: '4px 8px',
    maxWidth: '440px',
  },
  '.cm-diagnostic': { fontFamily: 'var(--font-geist-sans), sans-serif', padding: '4px 8px' },
  '.cm-panel input, .cm-panel button': {
    color: 'var(--ink)',
    backgroundColor: 'var(--sheet)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
    backgroundImage: 'none',
  },
});
