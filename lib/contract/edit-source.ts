import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  stringify,
} from 'yaml';
import { AppError } from '@/lib/errors';
import {
  ended,
  flowText,
  indented,
  isEmpty,
  isShortList,
  itemText,
  keyText,
  marked,
  nest,
  PLAIN,
  restyled,
  unwrapped,
  WIDTH,
} from './edit-text';
import { type Edit, editValue, type Path, sameValue, valueAt } from './edit-value';
import { keysAllowedAt } from './expected';
import { Places, type Spot } from './source-places';

const TOP_ORDER = ['apiVersion', 'kind', 'extends', ...keysAllowedAt([])];

/**
 * The text with the edits made in it and nothing else touched: comments, blank lines, the order of keys and the style of
 * every other value stay as they are, character by character. Throws `invalid_contract` when the text is not well-formed
 * YAML, or uses aliases.
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  if (edits.length <= MANY) return edits.reduce(applyEdit, source);
  const document = read(source);
  const before: unknown = document.toJS({ maxAliasCount: 0 });
  for (const [index, edit] of edits.entries())
    change(document, edit, editValue(before, edits.slice(0, index + 1)));
  return document.toString({ lineWidth: 0 });
}

/** So many are a new text more than edits of the old one: it is parsed and written once, and only keeps its comments. */
const MANY = 40;

function applyEdit(source: string, edit: Edit): string {
  const document = read(source);
  const wanted = editValue(document.toJS({ maxAliasCount: 0 }), [edit]);
  const spliced = new Splice(source, document).edit(edit);
  if (spliced !== undefined && reads(spliced, wanted)) return spliced;
  // An unusual layout: the library writes the whole text anew, which keeps comments and order but not every space.
  return rewritten(document, edit, wanted);
}

function read(source: string): Document {
  const document = parseDocument(source, { version: '1.2', schema: 'core', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined)
    throw new AppError(
      'invalid_contract',
      'The YAML cannot be read, so nothing in it can be changed by form.',
      {
        issues: [{ path: '', message: error.message }],
      },
    );
  return document;
}

function reads(source: string, wanted: unknown): boolean {
  const document = parseDocument(source, { version: '1.2', schema: 'core', prettyErrors: false });
  return document.errors.length === 0 && sameValue(document.toJS({ maxAliasCount: 0 }), wanted);
}

function rewritten(document: Document, edit: Edit, wanted: unknown): string {
  const next = document.clone();
  change(next, edit, wanted);
  return next.toString({ lineWidth: 0 });
}

function change(document: Document, edit: Edit, wanted: unknown): void {
  if (edit.op === 'remove') {
    document.deleteIn(edit.path);
    return;
  }
  if (edit.op === 'move') {
    const list = document.getIn(edit.path.slice(0, -1), true);
    if (isSeq(list)) list.items.splice(edit.to, 0, ...list.items.splice(Number(edit.path.at(-1)), 1));
    return;
  }
  let at = edit.op === 'rename' ? edit.path.slice(0, -1) : edit.path;
  // Where a plain value stands in the way of a group, the group takes its place.
  while (at.length > 1 && !isCollection(document.getIn(at.slice(0, -1), true))) at = at.slice(0, -1);
  document.setIn(at, document.createNode(valueAt(wanted, at)));
}

/** Edits as text: each finds the place of what it changes and answers the new text, or undefined where it had rather not. */
class Splice {
  private readonly places: Places;

  constructor(
    private readonly source: string,
    private readonly document: Document,
  ) {
    this.places = new Places(source, document);
  }

  edit(edit: Edit): string | undefined {
    switch (edit.op) {
      case 'set':
        return this.set(edit.path, edit.value);
      case 'remove':
        return this.remove(edit.path);
      case 'insert':
        return this.insert(edit.path, edit.index, edit.value);
      case 'move':
        return this.move(edit.path, edit.to);
      case 'rename':
        return this.rename(edit.path, edit.key);
    }
  }

  private set(path: Path, value: unknown): string | undefined {
    if (path.length === 0) return stringify(value, { lineWidth: 0 });
    for (let depth = path.length; depth > 0; depth -= 1) {
      const at = path.slice(0, depth);
      const nested = nest(path.slice(depth), value);
      const spot = this.places.spot(at);
      if (spot !== undefined) return this.replace(spot, nested);
      const holder = depth === 1 ? this.document.contents : this.places.spot(at.slice(0, -1))?.node;
      if (isSeq(holder)) return this.insert(at.slice(0, -1), holder.items.length, nested);
      if (isMap(holder) && (holder.items.length > 0 || depth === 1)) return this.addPair(holder, at, nested);
    }
    return this.document.contents === null
      ? `${this.source}${stringify(nest(path, value), PLAIN)}`
      : undefined;
  }

  private replace(spot: Spot, value: unknown): string | undefined {
    const { node, flow } = spot;
    if (node !== undefined && (marked(node) || node.range == null)) return undefined;
    const from = this.places.valueStart(spot);
    if (from === undefined) return undefined;
    const empty = node === undefined || node.range == null || node.range[0] === node.range[1];
    const start = empty ? from : (node.range?.[0] ?? from);
    const end = empty ? from : this.places.contentEnd(node);
    if (end === undefined) return undefined;
    const styled = restyled(value, node);
    if (flow) return this.spliced(start, end, `${empty ? ' ' : ''}${flowText(styled)}`);

    const indent = this.places.holderColumn(spot);
    if (indent === undefined) return undefined;
    const oldIsFlow = (isMap(node) || isSeq(node)) && node.flow === true && node.items.length > 0;
    const text = this.blockText(
      styled,
      indent,
      from - this.places.lineStart(from),
      oldIsFlow,
      isSeq(spot.parent),
    );
    // A comment behind the colon or dash stays on that line.
    const between = this.source.slice(from, start);
    const comment = /^[ \t]*(#[^\n]*)/.exec(between)?.[1];
    const lead = between.includes('\n') || empty || text.startsWith('\n');
    if (!lead) return this.spliced(start, end, text.replace(/^ /, ''));
    if (comment === undefined || between.trim() !== comment)
      return between.trim() === '' ? this.spliced(from, end, text) : undefined;
    const breakAt = text.indexOf('\n');
    const head = breakAt === -1 ? text : text.slice(0, breakAt);
    return this.spliced(from, end, `${head} ${comment}${text.slice(head.length)}`);
  }

  private addPair(map: Node, path: Path, value: unknown): string | undefined {
    const key = path.at(-1);
    if (!isMap(map) || map.range == null || key === undefined || marked(map)) return undefined;
    if (map.flow === true) {
      const pair = flowText({ [key]: value }).replace(/^\{\s*|\s*\}$/g, '');
      const last = map.items.at(-1);
      const end = last === undefined ? undefined : this.places.pairEnd(last);
      return end === undefined
        ? this.spliced(map.range[0], map.range[1], `{ ${pair} }`)
        : this.spliced(end, end, `, ${pair}`);
    }
    const first = map.items[0]?.key;
    if (!isNode(first) || first.range == null) return undefined;
    const column = this.places.columnOf(first.range[0]);
    const before = this.predecessor(map, path);
    const after = before === undefined ? undefined : this.places.pairEnd(before);
    if (after === undefined) return undefined;
    const text = indented(
      `${keyText(String(key))}:${this.blockText(value, 0, column + String(key).length + 1)}`,
      column,
    );
    const spaced = path.length === 1 && /\n[ \t]*\n/.test(this.source) ? '\n' : '';
    return this.addLines(after, `${spaced}${' '.repeat(column)}${text}`);
  }

  /** The pair a new key is put behind: the one before it in the order of the schema, else the last. */
  private predecessor(map: Node, path: Path) {
    if (!isMap(map)) return undefined;
    const order = path.length === 1 ? TOP_ORDER : keysAllowedAt(path.slice(0, -1));
    const rank = order.indexOf(String(path.at(-1)));
    const earlier = map.items.filter((pair) => {
      const at = order.indexOf(isScalar(pair.key) ? String(pair.key.value) : '');
      return at !== -1 && at < rank;
    });
    return earlier.at(-1) ?? map.items.at(-1);
  }

  private insert(path: Path, index: number, value: unknown): string | undefined {
    const spot = this.places.spot(path);
    const seq = path.length === 0 ? this.document.contents : spot?.node;
    if (!isSeq(seq) || seq.items.length === 0) return this.set(path, [value]);
    if (seq.range == null || marked(seq)) return undefined;
    const next = seq.items[index];
    const previous = seq.items[index - 1];
    if (seq.flow === true) {
      if (isNode(next) && next.range != null)
        return this.spliced(next.range[0], next.range[0], `${flowText(value)}, `);
      const end = isNode(previous) ? previous.range?.[1] : undefined;
      return end === undefined ? undefined : this.spliced(end, end, `, ${flowText(value)}`);
    }
    const column = this.places.columnOf(seq.range[0]);
    const siblingsFlow = seq.items.every((item) => (isMap(item) || isSeq(item)) && item.flow === true);
    const text = `${' '.repeat(column)}${indented(itemText(value, siblingsFlow, column), column)}`;
    if (previous !== undefined) {
      const end = this.places.itemEnd(previous);
      return end === undefined ? undefined : this.addLines(end, text);
    }
    const start = this.places.lineStart(seq.range[0]);
    return this.source.slice(start, seq.range[0]).trim() === ''
      ? this.spliced(start, start, `${text}\n`)
      : undefined;
  }

  private remove(path: Path): string | undefined {
    const spot = this.places.spot(path);
    if (spot === undefined) return this.source;
    const { parent } = spot;
    if (!(isMap(parent) || isSeq(parent)) || marked(parent) || (spot.node !== undefined && marked(spot.node)))
      return undefined;
    if (parent.items.length === 1) {
      if (path.length === 1) return undefined;
      return this.set(path.slice(0, -1), isMap(parent) ? {} : []);
    }
    const spans = isMap(parent)
      ? parent.items.map((pair) => this.places.pairSpan(pair))
      : parent.items.map((item) => this.places.itemSpan(item));
    const at = isMap(parent) ? parent.items.findIndex((pair) => pair.key === spot.keyNode) : Number(spot.key);
    const span = spans[at];
    const next = spans[at + 1];
    const previous = spans[at - 1];
    if (span === undefined) return undefined;
    if (parent.flow === true) {
      if (next !== undefined) return this.spliced(span.start, next.start, '');
      return previous === undefined ? undefined : this.spliced(previous.end, span.end, '');
    }
    const start = isMap(parent) ? span.start : this.places.dashBefore(span.start, parent);
    if (start === undefined) return undefined;
    const lineStart = this.places.lineStart(start);
    if (this.source.slice(lineStart, start).trim() !== '') {
      // The first key of a list's item, behind its dash: the next moves up.
      return next !== undefined && !this.source.slice(span.start, next.start).includes('#')
        ? this.spliced(span.start, next.start, '')
        : undefined;
    }
    return this.spliced(
      at === 0 ? lineStart : this.places.commentsAbove(lineStart),
      this.places.lineEnd(span.end),
      '',
    );
  }

  /** The entries change places with their lines and the comments above them; blank lines stay where they are. */
  private move(path: Path, to: number): string | undefined {
    const spot = this.places.spot(path);
    const list = spot?.parent;
    const from = Number(spot?.key);
    if (spot === undefined || from === to || to < 0) return this.source;
    if (!isSeq(list) || marked(list) || to >= list.items.length) return undefined;
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    const all = list.items.map((item) => this.places.itemSpan(item));
    const pieces = (list.flow === true ? all : this.places.linesOf(all, list)).slice(first, last + 1);
    const known = pieces.flatMap((piece) => (piece === undefined ? [] : [piece]));
    const [head, tail] = [known[0], known.at(-1)];
    if (known.length !== pieces.length || head === undefined || tail === undefined) return undefined;
    // Without an end of line at the end of the text, the last entry is given one while it moves.
    const texts = known.map(({ start, end }) => ended(this.source.slice(start, end), list.flow !== true));
    const gaps = known
      .slice(1)
      .map(({ start }, index) => this.source.slice(known[index]?.end ?? start, start));
    const order = texts.toSpliced(from - first, 1).toSpliced(to - first, 0, texts[from - first] ?? '');
    const text = order.map((each, index) => `${each}${gaps[index] ?? ''}`).join('');
    const whole = list.flow === true || this.source[tail.end - 1] === '\n';
    return this.spliced(head.start, tail.end, whole ? text : text.replace(/\n$/, ''));
  }

  private rename(path: Path, key: string): string | undefined {
    const spot = this.places.spot(path);
    const node = spot?.keyNode;
    if (spot === undefined || !isScalar(node) || node.range == null || marked(node)) return undefined;
    return this.spliced(node.range[0], node.range[1], spot.flow ? flowText(key) : keyText(key));
  }

  /** Whole lines put behind the line that `offset` is on. */
  private addLines(offset: number, text: string): string {
    const end = this.places.lineEnd(offset);
    const missing = end === this.source.length && !this.source.endsWith('\n') ? '\n' : '';
    return this.spliced(end, end, `${missing}${text}\n`);
  }

  private blockText(
    value: unknown,
    indent: number,
    column: number,
    oldIsFlow = false,
    inList = false,
  ): string {
    const plain = unwrapped(value);
    if (typeof plain === 'object' && plain !== null) {
      const flow = flowText(value);
      const short = column + flow.length < WIDTH;
      if (isEmpty(plain) || (short && (oldIsFlow || isShortList(plain)))) return ` ${flow}`;
    }
    // Behind a key the library's own layout is taken; behind a dash, that of a list of one.
    const text = inList ? stringify([value], PLAIN).slice(1) : stringify({ k: value }, PLAIN).slice(2);
    return indented(text.replace(/\n$/, ''), indent);
  }

  private spliced(start: number, end: number, text: string): string {
    return this.source.slice(0, start) + text + this.source.slice(end);
  }
}
