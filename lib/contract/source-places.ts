import { type Document, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { Path, PathKey } from './edit-value';

/** Where a value stands: its node and what holds it. */
export interface Spot {
  /** Undefined where a key stands without a value. */
  node: Node | undefined;
  parent: Node;
  key: PathKey;
  /** The key's own node, in a map. */
  keyNode: Node | undefined;
  /** Inside [] or {}. */
  flow: boolean;
}

/** Where things stand in a text of YAML: values, their keys, dashes, lines and comments. Offsets count characters. */
export class Places {
  constructor(
    private readonly source: string,
    private readonly document: Document,
  ) {}

  /** Entries as whole lines. A comment above the first is its own only where others have theirs; else it heads the list. */
  linesOf(
    spans: readonly ({ start: number; end: number } | undefined)[],
    list: Node,
  ): ({ start: number; end: number } | undefined)[] {
    const lines = spans.map((span) => {
      const dash = span === undefined ? undefined : this.dashBefore(span.start, list);
      if (span === undefined || dash === undefined) return undefined;
      const start = this.lineStart(dash);
      return this.source.slice(start, dash).trim() === ''
        ? { line: start, start: this.commentsAbove(start), end: this.lineEnd(span.end) }
        : undefined;
    });
    const othersHave = lines.slice(1).some((each) => each !== undefined && each.start < each.line);
    return lines.map((each, index) =>
      each === undefined
        ? undefined
        : { start: index === 0 && !othersHave ? each.line : each.start, end: each.end },
    );
  }

  spot(path: Path): Spot | undefined {
    let node: unknown = this.document.contents;
    let spot: Spot | undefined;
    let flow = false;
    for (const key of path) {
      const parent = node;
      if (isMap(parent)) {
        flow ||= parent.flow === true;
        const pair = parent.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(key),
        );
        if (pair === undefined) return undefined;
        node = pair.value;
        const keyNode = isNode(pair.key) ? pair.key : undefined;
        spot = { node: isNode(node) ? node : undefined, parent, key, keyNode, flow };
      } else if (isSeq(parent)) {
        flow ||= parent.flow === true;
        if (typeof key !== 'number' || key >= parent.items.length) return undefined;
        node = parent.items[key];
        spot = { node: isNode(node) ? node : undefined, parent, key, keyNode: undefined, flow };
      } else return undefined;
    }
    return spot;
  }

  /** Right behind the colon or the dash. */
  valueStart({ keyNode, node, parent }: Spot): number | undefined {
    if (keyNode?.range != null) {
      const colon = /^[ \t]*:/.exec(this.source.slice(keyNode.range[1], keyNode.range[1] + 200));
      return colon === null ? undefined : keyNode.range[1] + colon[0].length;
    }
    if (node?.range == null || !isSeq(parent)) return undefined;
    if (parent.flow === true) return node.range[0];
    const dash = this.dashBefore(node.range[0], parent);
    return dash === undefined ? undefined : dash + 1;
  }

  dashBefore(offset: number, seq: Node): number | undefined {
    if (!isSeq(seq) || seq.range == null) return undefined;
    const column = this.columnOf(seq.range[0]);
    const at = this.lineStart(offset) + column;
    return this.source[at] === '-' && at <= offset ? at : undefined;
  }

  /** The column below which a block value's lines are indented. */
  holderColumn({ parent, keyNode }: Spot): number | undefined {
    if (isSeq(parent)) return parent.range == null ? undefined : this.columnOf(parent.range[0]);
    return keyNode?.range == null ? undefined : this.columnOf(keyNode.range[0]);
  }

  pairSpan(pair: { key: unknown; value: unknown }): { start: number; end: number } | undefined {
    const start = isNode(pair.key) ? pair.key.range?.[0] : undefined;
    const end = this.pairEnd(pair);
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  itemSpan(item: unknown): { start: number; end: number } | undefined {
    const start = isNode(item) ? item.range?.[0] : undefined;
    const end = this.itemEnd(item);
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  itemEnd(item: unknown): number | undefined {
    return isNode(item) ? this.contentEnd(item) : undefined;
  }

  pairEnd({ key, value }: { key: unknown; value: unknown }): number | undefined {
    if (isNode(value) && value.range != null && value.range[1] > value.range[0])
      return this.contentEnd(value);
    if (!isNode(key) || key.range == null) return undefined;
    const colon = /^[ \t]*:/.exec(this.source.slice(key.range[1], key.range[1] + 200));
    return key.range[1] + (colon?.[0].length ?? 0);
  }

  /** Where the last character of a value stands: its range may reach over blank lines and comments below it. */
  contentEnd(node: Node): number | undefined {
    if (isMap(node) && node.flow !== true) {
      const last = node.items.at(-1);
      return last === undefined ? node.range?.[1] : this.pairEnd(last);
    }
    if (isSeq(node) && node.flow !== true) {
      const last = node.items.at(-1);
      return isNode(last) ? this.contentEnd(last) : node.range?.[1];
    }
    if (node.range == null) return undefined;
    const [start, end] = node.range;
    return start + this.source.slice(start, end).trimEnd().length;
  }

  /** The start of the comment lines that stand right above, at the same indentation. */
  commentsAbove(lineStart: number): number {
    let start = lineStart;
    for (;;) {
      const above = this.lineStart(start - 1);
      if (start === 0 || !/^[ \t]*#/.test(this.source.slice(above, start))) return start;
      start = above;
    }
  }

  lineStart(offset: number): number {
    return this.source.lastIndexOf('\n', Math.max(0, offset) - 1) + 1;
  }

  /** Behind the line's end, its comment included. */
  lineEnd(offset: number): number {
    const end = this.source.indexOf('\n', offset);
    return end === -1 ? this.source.length : end + 1;
  }

  columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }
}
