'use client';

import { history, historyKeymap } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { yamlWords } from '@/components/editor/yaml-completion';
import { diagnostics, isTyped, writeInto, yamlParts } from '@/components/editor/yaml-parts';
import { suiteJsonSchema } from '@/lib/contract/scenario-json-schema';
import type { Contract } from '@/lib/contract/schema';
import type { Issue } from '@/lib/errors';

/** The text of a suite, completed with the names of the contract at hand. */
export default function SuiteEditor({
  source,
  contract,
  issues,
  onChange,
}: {
  source: string;
  contract: Contract | null;
  issues: readonly Issue[];
  onChange: (source: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const first = useRef(source);
  const tell = useRef(onChange);
  tell.current = onChange;

  useEffect(() => {
    if (box.current === null) return;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          Prec.highest(SIZE),
          history(),
          keymap.of(historyKeymap),
          yamlParts(
            yamlWords(() => suiteJsonSchema(contract ?? undefined)),
            'Scenarios as YAML',
            true,
          ),
          EditorView.updateListener.of((update) => {
            if (isTyped(update)) tell.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => {
      first.current = made.state.doc.toString();
      made.destroy();
      view.current = null;
    };
  }, [contract]);

  useEffect(() => {
    if (view.current !== null) writeInto(view.current, source);
  }, [source]);

  useEffect(() => {
    if (view.current !== null)
      view.current.dispatch(setDiagnostics(view.current.state, diagnostics(view.current, issues)));
  }, [issues]);

  return <div ref={box} className="overflow-hidden rounded-md border border-line bg-sheet" />;
}

const SIZE = EditorView.theme({ '&': { height: 'min(60dvh, 560px)', minHeight: '280px' } });
