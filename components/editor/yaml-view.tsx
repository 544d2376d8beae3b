'use client';

import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { DraftStore } from './draft-store';
import { type Target, useDraft, useEditor } from './editor-context';
import { othersLines, showOthers } from './others-lines';
import { CONTRACT_WORDS } from './yaml-completion';
import { lineOfClause } from './yaml-lines';
import { diagnostics, isTyped, writeInto, yamlParts } from './yaml-parts';

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
    // One history for both views: the editor's own is not there.
    Prec.highest(
      keymap.of([
        { key: 'Mod-z', run: undo, preventDefault: true },
        { key: 'Mod-y', run: redo, preventDefault: true },
        { key: 'Mod-Shift-z', run: redo, preventDefault: true },
      ]),
    ),
    yamlParts(CONTRACT_WORDS, 'Contract as YAML', mayWrite),
    othersLines,
    EditorView.updateListener.of((update) => {
      if (isTyped(update)) store.write(update.state.doc.toString());
      if (update.selectionSet || update.docChanged) {
        const line = update.state.doc.lineAt(update.state.selection.main.head).number;
        says.current(sectionAt(update.state, line));
      }
    }),
  ];
}

/** The section a line belongs to: the last key at the margin above it. */
function sectionAt(state: EditorState, line: number): string | null {
  for (let number = line; number > 0; number -= 1) {
    const key = /^([a-z]+):/i.exec(state.doc.line(number).text)?.[1];
    if (key !== undefined) return key;
  }
  return null;
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
