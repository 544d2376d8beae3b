import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
  type ViewUpdate,
} from '@codemirror/view';
import type { Issue } from '@/lib/errors';
import { plainText } from './typed-text';
import type { YamlWords } from './yaml-completion';
import { yaml } from './yaml-language';

/** What every editor of YAML here has: its look, its keys, and the words of its kind of text. */
export function yamlParts(words: YamlWords, label: string, mayWrite: boolean) {
  return [
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    yaml(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    bracketMatching(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    autocompletion({ override: [words.complete], icons: false }),
    hoverTooltip(({ state }, pos) => describedAt(words, state, pos)),
    THEME,
    EditorState.readOnly.of(!mayWrite),
    EditorView.contentAttributes.of({ 'aria-label': label, dir: 'auto', tabindex: '0' }),
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
  ];
}

/** Marks what the page itself wrote, so that it is not told of it again. */
const written = Annotation.define<boolean>();

/** Whether somebody typed it. */
export function isTyped(update: ViewUpdate): boolean {
  return update.docChanged && !update.transactions.some((each) => each.annotation(written) === true);
}

/** Only what differs is written, so that cursor, selection and scroll stay where they are. */
export function writeInto(view: EditorView, source: string): void {
  const now = view.state.doc.toString();
  if (now === source) return;
  let start = 0;
  while (start < now.length && start < source.length && now[start] === source[start]) start += 1;
  let end = 0;
  const most = Math.min(now.length, source.length) - start;
  while (end < most && now[now.length - 1 - end] === source[source.length - 1 - end]) end += 1;
  view.dispatch({
    changes: { from: start, to: now.length - end, insert: source.slice(start, source.length - end) },
    annotations: written.of(true),
  });
}

/** What a key means, beside it. */
function describedAt(words: YamlWords, state: EditorState, pos: number): Tooltip | null {
  const line = state.doc.lineAt(pos);
  const said = words.describe({ at: (number) => state.doc.line(number).text }, line.number);
  const key = /^[\s-]*[\w.-]+(?=:)/.exec(line.text)?.[0];
  if (said === undefined || key === undefined || pos > line.from + key.length) return null;
  return {
    pos: line.from + (/^[\s-]*/.exec(key)?.[0].length ?? 0),
    create() {
      const dom = document.createElement('div');
      dom.className = 'cm-described';
      dom.textContent = said;
      return { dom };
    },
  };
}

/** Faults at their lines. */
export function diagnostics(view: EditorView, issues: readonly Issue[]): Diagnostic[] {
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

const THEME = EditorView.theme({
  '&': {
    backgroundColor: 'var(--sheet)',
    color: 'var(--ink)',
    fontSize: '13px',
    height: 'calc(100dvh - 220px)',
    minHeight: '360px',
  },
  // An outline would pass under the gutter, which has a ground of its own.
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    border: '2px solid var(--focus)',
    borderRadius: 'inherit',
    pointerEvents: 'none',
    zIndex: '300',
  },
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
