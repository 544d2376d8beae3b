import { foldService, indentService, LanguageSupport, StreamLanguage } from '@codemirror/language';
import type { EditorState, Line } from '@codemirror/state';
import { tags } from '@lezer/highlight';

interface Reading {
  /** Column below which the text of a block (`|`, `>`) ends; null outside one. */
  block: number | null;
  /** The quote of a text that goes on over lines. */
  quote: '"' | "'" | null;
  /** How many `[` and `{` are open. */
  flow: number;
  /** Column of the last key or dash of this line. */
  column: number;
  /** Only spaces, dashes and brackets came so far: a key may come. */
  keyMayCome: boolean;
}

const KEY =
  /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:,[\]{}"'|>&*!-](?:[^#:,[\]{}]|:(?=\S)|#)*?|-[^\s:]+)(?=\s*:(?:\s|$))/;

/**
 * YAML for the eye: keys, comments, punctuation, line by line. What the text means is read by lib/contract in a worker; a
 * grammar of the whole text in the page holds up typing in a long contract for as long as it parses.
 */
export const yamlLanguage = StreamLanguage.define<Reading>({
  name: 'yaml',
  startState: () => ({ block: null, quote: null, flow: 0, column: 0, keyMayCome: true }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (stream.sol()) {
      state.keyMayCome = true;
      if (state.block !== null && stream.indentation() <= state.block) state.block = null;
      if (state.block !== null) {
        stream.skipToEnd();
        return 'string';
      }
    }
    if (state.quote !== null) return quoted(stream, state, state.quote);
    if (stream.eatSpace()) return null;
    // A number sign is a comment only at the beginning or after a space.
    if (stream.peek() === '#' && /^$|\s$/.test(stream.string.slice(0, stream.pos))) {
      stream.skipToEnd();
      return 'comment';
    }
    if (state.keyMayCome && stream.match(/^-(?=\s|$)/)) {
      state.column = stream.column();
      return 'punctuation';
    }
    if (stream.match(/^[[{]/)) {
      state.flow += 1;
      state.keyMayCome = true;
      return 'punctuation';
    }
    if (state.flow > 0 && stream.match(/^[\]},]/)) {
      if (stream.current() === ',') state.keyMayCome = true;
      else state.flow -= 1;
      return 'punctuation';
    }
    if (state.keyMayCome && stream.match(KEY)) {
      state.column = stream.column();
      state.keyMayCome = false;
      return 'key';
    }
    if (stream.match(/^:(?=\s|$)/)) return 'punctuation';
    state.keyMayCome = false;
    if (state.flow === 0 && stream.match(/^[|>][+\-\d]*(?=\s*(?:#.*)?$)/)) {
      state.block = state.column;
      return 'punctuation';
    }
    const quote = stream.eat(/["']/);
    if (quote === '"' || quote === "'") return quoted(stream, state, quote);
    stream.next();
    stream.match(state.flow > 0 ? /^(?:[^,[\]{}\s]|\s+(?![#\s]))*/ : /^(?:\S|\s+(?![#\s]))*/);
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
  tokenTable: { key: tags.propertyName },
});

function quoted(
  stream: { match(pattern: RegExp): unknown; skipToEnd(): void },
  state: Reading,
  quote: '"' | "'",
): string {
  state.quote = quote;
  if (stream.match(quote === '"' ? /^(?:[^"\\]|\\.)*"/ : /^(?:[^']|'')*'(?!')/)) state.quote = null;
  else stream.skipToEnd();
  return 'string';
}

/** The language, with folding and indenting by indentation. */
export function yaml(): LanguageSupport {
  return new LanguageSupport(yamlLanguage, [
    foldService.of((state, from) => foldAt(state, state.doc.lineAt(from))),
    indentService.of((context, pos) => {
      const { text, from } = context.lineAt(pos, -1);
      const before = text.slice(0, pos - from);
      const opens = /:\s*(?:[|>][+\-\d]*\s*)?(?:#.*)?$/.test(before) && !/^\s*#/.test(before);
      // Below a key one step further; below a key of a list's entry, from that key.
      if (opens) return (/^[\s-]*/.exec(before)?.[0].length ?? 0) + context.unit;
      return /^\s*/.exec(before)?.[0].length ?? 0;
    }),
  ]);
}

/** From the end of a line to the last of those that belong below it; null when there is none. */
export function foldAt(state: EditorState, line: Line): { from: number; to: number } | null {
  const own = indentOf(line.text);
  if (own === null) return null;
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
