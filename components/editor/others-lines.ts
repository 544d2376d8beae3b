import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Mark } from './draft-store';
import { lineOfClause } from './yaml-lines';

const setLines = StateEffect.define<DecorationSet>();

/** The lines of clauses that others changed while one had the draft open; they move with the text. */
const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) if (effect.is(setLines)) return effect.value;
    return lines.map(transaction.changes);
  },
  provide: (lines) => EditorView.decorations.from(lines),
});

export const othersLines: Extension = [
  field,
  EditorView.theme({ '.cm-others': { boxShadow: 'inset 2px 0 0 var(--accent)' } }),
];

/** Shows who changed what: a bar at the line, the name on hover. */
export function showOthers(view: EditorView, marks: ReadonlyMap<string, Mark>): void {
  const source = view.state.doc.toString();
  const byLine = new Map<number, string>();
  for (const [clause, { by }] of marks) {
    const line = lineOfClause(source, clause);
    if (line !== undefined && line <= view.state.doc.lines) byLine.set(line, by);
  }
  const lines = [...byLine].map(([line, by]) =>
    Decoration.line({ class: 'cm-others', attributes: { title: `Changed by ${by}` } }).range(
      view.state.doc.line(line).from,
    ),
  );
  view.dispatch({ effects: setLines.of(Decoration.set(lines, true)) });
}
