import { foldService, indentService } from '@codemirror/language';
import { EditorState, type Extension, type Line, RangeSetBuilder, type Text } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

/** What goes on from one line to the next. */
interface Reading {
  /** Column at or left of which the text of a block (`|`, `>`) ends; null outside one. */
  readonly block: number | null;
  /** The quote of a text that goes on over lines. */
  readonly quote: '"' | "'" | null;
  /** How many `[` and `{` are open. */
  readonly flow: number;
}

export interface Mark {
  from: number;
  to: number;
  kind: 'key' | 'comment' | 'punctuation';
}

const START: Reading = { block: null, quote: null, flow: 0 };
const KEY =
  /(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:,[\]{}"'|>&*!-](?:[^#:,[\]{}]|:(?=\S)|#)*?|-[^\s:]+)(?=\s*:(?:\s|$))/y;
const DASH = /-(?=\s|$)/y;
const COLON = /:(?=\s|$)/y;
const BLOCK = /[|>][+\-\d]*(?=\s*(?:#.*)?$)/y;
const DOUBLE = /(?:[^"\\]|\\.)*"/y;
const SINGLE = /(?:[^']|'')*'(?!')/y;
const PLAIN = /(?:\S|\s+(?![#\s]))+/y;
const PLAIN_IN_FLOW = /(?:[^,[\]{}\s]|\s+(?![#\s]))+/y;

function end(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** What of a line is a key, a comment or punctuation, and what goes on in the next. */
export function readLine(text: string, before: Reading): { marks: Mark[]; after: Reading } {
  const marks: Mark[] = [];
  let { block, quote, flow } = before;
  let at = /^\s*/.exec(text)?.[0].length ?? 0;
  if (block !== null && (at === text.length || at > block)) return { marks, after: before };
  block = null;
  let keyMayCome = true;
  let column = 0;
  const mark = (kind: Mark['kind'], to: number) => {
    marks.push({ from: at, to, kind });
    at = to;
  };
  while (at < text.length) {
    if (quote !== null) {
      const closed = end(quote === '"' ? DOUBLE : SINGLE, text, at);
      if (closed === undefined) break;
      quote = null;
      at = closed;
      continue;
    }
    const sign = text[at] ?? '';
    const spaced = at === 0 || /\s/.test(text[at - 1] ?? '');
    if (/\s/.test(sign)) {
      at += 1;
      continue;
    }
    // A number sign is a comment only at the beginning or after a space.
    if (sign === '#' && spaced) {
      mark('comment', text.length);
      break;
    }
    const dash = keyMayCome ? end(DASH, text, at) : undefined;
    if (dash !== undefined) {
      column = at;
      mark('punctuation', dash);
      continue;
    }
    if (/[[{]/.test(sign) && (flow > 0 || spaced)) {
      flow += 1;
      keyMayCome = true;
      mark('punctuation', at + 1);
      continue;
    }
    if (flow > 0 && /[\]},]/.test(sign)) {
      if (sign === ',') keyMayCome = true;
      else flow -= 1;
      mark('punctuation', at + 1);
      continue;
    }
    const key = keyMayCome ? end(KEY, text, at) : undefined;
    if (key !== undefined) {
      column = at;
      keyMayCome = false;
      mark('key', key);
      continue;
    }
    const colon = end(COLON, text, at);
    if (colon !== undefined) {
      mark('punctuation', colon);
      continue;
    }
    keyMayCome = false;
    const opens = flow === 0 ? end(BLOCK, text, at) : undefined;
    if (opens !== undefined) {
      block = column;
      mark('punctuation', opens);
      continue;
    }
    if (spaced && (sign === '"' || sign === "'")) {
      quote = sign;
      at += 1;
      continue;
    }
    at = end(flow > 0 ? PLAIN_IN_FLOW : PLAIN, text, at) ?? at + 1;
  }
  return { marks, after: { block, quote, flow } };
}

/** Every so many lines the reading is kept, so that no part of a long text is read from its beginning each time. */
const KEPT_EVERY = 64;

/**
 * Colours for the lines in sight and no others. A grammar of the whole text would hold up each key in a long contract for
 * as long as it parses; what the text means is read by lib/contract, in a worker.
 */
class Colours {
  decorations: DecorationSet;
  private kept: Reading[] = [START];

  constructor(view: EditorView) {
    this.decorations = this.colour(view);
  }

  update(update: ViewUpdate): void {
    if (!update.docChanged && !update.viewportChanged) return;
    if (update.docChanged) {
      let first = update.state.doc.length;
      update.changes.iterChangedRanges((_, __, from) => {
        first = Math.min(first, from);
      });
      const line = update.state.doc.lineAt(first).number;
      this.kept.length = Math.min(this.kept.length, Math.floor((line - 1) / KEPT_EVERY) + 1);
    }
    this.decorations = this.colour(update.view);
  }

  private colour({ state, visibleRanges }: EditorView): DecorationSet {
    const built = new RangeSetBuilder<Decoration>();
    for (const { from, to } of visibleRanges) {
      const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
      let reading = this.readingAt(state.doc, first);
      for (let number = first; number <= last; number += 1) {
        const line = state.doc.line(number);
        const { marks, after } = readLine(line.text, reading);
        for (const each of marks)
          built.add(line.from + each.from, line.from + each.to, DECORATIONS[each.kind]);
        reading = after;
      }
    }
    return built.finish();
  }

  /** What goes on from the lines above. */
  private readingAt(doc: Text, line: number): Reading {
    const place = Math.min(this.kept.length - 1, Math.floor((line - 1) / KEPT_EVERY));
    let reading = this.kept[place] ?? START;
    let number = place * KEPT_EVERY + 1;
    const lines = doc.iterLines(number, line);
    for (let next = lines.next(); !next.done; next = lines.next()) {
      reading = readLine(next.value, reading).after;
      number += 1;
      if ((number - 1) % KEPT_EVERY === 0) this.kept[(number - 1) / KEPT_EVERY] = reading;
    }
    return reading;
  }
}

const DECORATIONS = {
  key: Decoration.mark({ class: 'cm-yaml-key' }),
  comment: Decoration.mark({ class: 'cm-yaml-comment' }),
  punctuation: Decoration.mark({ class: 'cm-yaml-punctuation' }),
};

/** YAML for the eye: colours, folding and indenting, all line by line. */
export function yaml(): Extension {
  return [
    ViewPlugin.fromClass(Colours, { decorations: (plugin) => plugin.decorations }),
    EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
    foldService.of((state, from) => foldAt(state, state.doc.lineAt(from))),
    indentService.of((context, pos) => {
      const { text, from } = context.lineAt(pos, -1);
      const before = text.slice(0, pos - from);
      const opens = /:\s*(?:[|>][+\-\d]*\s*)?(?:#.*)?$/.test(before) && !/^\s*#/.test(before);
      // Below a key one step further; below a key of a list's entry, from that key.
      if (opens) return (/^[\s-]*/.exec(before)?.[0].length ?? 0) + context.unit;
      return /^\s*/.exec(before)?.[0].length ?? 0;
    }),
  ];
}

/** From the end of a line to the last of those that belong below it; null when there is none. */
export function foldAt(state: EditorState, line: Line): { from: number; to: number } | null {
  const own = indentOf(line.text);
  if (own === null || line.number === state.doc.lines) return null;
  // Entries of a list may stand as far left as the key they belong to.
  const isKey = /:\s*(?:#.*)?$/.test(line.text) && !/^\s*-\s/.test(line.text);
  const lines = state.doc.iterLines(line.number + 1);
  let [at, last] = [line.to, line.to];
  for (let next = lines.next(); !next.done; next = lines.next()) {
    at += 1 + next.value.length;
    const indent = indentOf(next.value);
    if (indent === null) continue;
    if (indent < own || (indent === own && !(isKey && /^\s*-(\s|$)/.test(next.value)))) break;
    last = at;
  }
  return last > line.to ? { from: line.to, to: last } : null;
}

/** Null where only a comment or nothing stands. */
function indentOf(text: string): number | null {
  const indent = /^\s*/.exec(text)?.[0].length ?? 0;
  return indent === text.length || text[indent] === '#' ? null : indent;
}
