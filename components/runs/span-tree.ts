import type { SpanRow } from '@/lib/services/runs/list-run-spans';

export interface SpanNode {
  /** `trace/span`, unique in a run. */
  key: string;
  span: SpanRow;
  children: SpanNode[];
  /** Nothing in it or below it asks for attention. */
  quiet: boolean;
  /** Spans in it and below it. */
  size: number;
}

export type TreeRow =
  | {
      kind: 'span';
      key: string;
      node: SpanNode;
      /** 1 for a root. */
      level: number;
      expanded: boolean;
    }
  | {
      kind: 'fold';
      key: string;
      level: number;
      /** Spans behind it. */
      count: number;
      nodes: SpanNode[];
    };

/** Fewer quiet spans in a row are not worth folding. */
const FOLD_FROM = 3;

export function spanKey(span: { traceId: string; spanId: string }): string {
  return `${span.traceId}/${span.spanId}`;
}

/** A span that a reader would not miss: allowed, without error, and of little risk beside the riskiest of its run. */
export function isQuiet(span: SpanRow, mostRisk: number, unknownTools: ReadonlySet<string>): boolean {
  return (
    (span.lane === null || span.lane === 'allow') &&
    span.clauses.length === 0 &&
    span.status !== 'error' &&
    !(span.tool !== null && unknownTools.has(span.tool)) &&
    (span.risk === 0 || span.risk < mostRisk / 4)
  );
}

/**
 * Spans as a tree, children in the order they began. A span whose parent did not arrive is a root; one that names itself
 * or a descendant as its parent is taken out of that circle and is a root too, so that every span stands in the tree once.
 */
export function buildTree(spans: readonly SpanRow[], unknownTools: readonly string[]): SpanNode[] {
  const unknown = new Set(unknownTools);
  const mostRisk = spans.reduce((most, span) => Math.max(most, span.risk), 0);
  const nodes = new Map<string, SpanNode>();
  for (const span of spans) {
    const key = spanKey(span);
    if (!nodes.has(key))
      nodes.set(key, { key, span, children: [], quiet: isQuiet(span, mostRisk, unknown), size: 1 });
  }
  const parentOf = (node: SpanNode) =>
    node.span.parentSpanId === null
      ? undefined
      : nodes.get(spanKey({ traceId: node.span.traceId, spanId: node.span.parentSpanId }));
  const rooted = new Set<SpanNode>();
  const roots: SpanNode[] = [];
  for (const node of nodes.values()) {
    // Up to a root or something known to hang on one; a circle never gets there.
    const way: SpanNode[] = [];
    const onWay = new Set<SpanNode>();
    let at: SpanNode | undefined = node;
    while (at !== undefined && !rooted.has(at) && !onWay.has(at)) {
      way.push(at);
      onWay.add(at);
      at = parentOf(at);
    }
    const circle = at !== undefined && onWay.has(at);
    for (const each of way) rooted.add(each);
    // The place where the circle was noticed is where it is cut.
    if (circle && at !== undefined) roots.push(at);
  }
  const cut = new Set(roots);
  roots.length = 0;
  for (const node of nodes.values()) {
    const parent = parentOf(node);
    if (parent === undefined || cut.has(node)) roots.push(node);
    else parent.children.push(node);
  }
  for (const root of roots) settle(root);
  return roots;
}

/** Sizes and quietness from the leaves up; without recursion, since a chain may be thousands deep. */
function settle(root: SpanNode): void {
  const order: SpanNode[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    order.push(node);
    open.push(...node.children);
  }
  for (const node of order.reverse()) {
    for (const child of node.children) {
      node.size += child.size;
      node.quiet &&= child.quiet;
    }
  }
}

export interface TreeState {
  /** Keys of spans whose children are hidden. */
  collapsed: ReadonlySet<string>;
  /** Keys of folds that were opened. */
  opened: ReadonlySet<string>;
  /** False shows every span. */
  folding: boolean;
}

/** The rows on screen, from top to bottom. */
export function treeRows(roots: readonly SpanNode[], state: TreeState): TreeRow[] {
  const rows: TreeRow[] = [];
  // A stack of siblings still to come, so that depth costs nothing.
  const open: { siblings: readonly SpanNode[]; next: number; level: number }[] = [
    { siblings: roots, next: 0, level: 1 },
  ];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const node = top.siblings[top.next];
    if (node === undefined) {
      open.pop();
      continue;
    }
    const { level } = top;
    const fold = state.folding && level > 1 ? quietFrom(top.siblings, top.next) : [];
    if (fold.length >= FOLD_FROM && !state.opened.has(`fold ${node.key}`)) {
      top.next += fold.length;
      rows.push({
        kind: 'fold',
        key: `fold ${node.key}`,
        level,
        count: fold.reduce((sum, each) => sum + each.size, 0),
        nodes: fold,
      });
      continue;
    }
    if (fold.length >= FOLD_FROM) {
      // An opened fold stands as its spans; none of them begins another.
      for (const each of fold) pushSpan(rows, each, level, state);
      top.next += fold.length;
      continue;
    }
    top.next += 1;
    const expanded = node.children.length > 0 && !state.collapsed.has(node.key);
    rows.push({ kind: 'span', key: node.key, node, level, expanded });
    if (expanded) open.push({ siblings: node.children, next: 0, level: level + 1 });
  }
  return rows;
}

/** A quiet span of an opened fold with all that is below it. */
function pushSpan(rows: TreeRow[], root: SpanNode, level: number, state: TreeState): void {
  const open: { node: SpanNode; level: number }[] = [{ node: root, level }];
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const expanded = top.node.children.length > 0 && !state.collapsed.has(top.node.key);
    rows.push({ kind: 'span', key: top.node.key, node: top.node, level: top.level, expanded });
    if (!expanded) continue;
    for (const child of top.node.children.toReversed()) open.push({ node: child, level: top.level + 1 });
  }
}

/** The quiet siblings from a place on, one after another. */
function quietFrom(siblings: readonly SpanNode[], from: number): SpanNode[] {
  const quiet: SpanNode[] = [];
  for (let at = from; at < siblings.length; at += 1) {
    const node = siblings[at];
    if (node === undefined || !node.quiet) break;
    quiet.push(node);
  }
  return quiet;
}

const PAGE = 12;

/**
 * What a key does in the tree, as in any tree: the row it moves to, `toggle` (show or hide what is below), `open` (its
 * details), or null for a key that is none of ours.
 */
export function treeKey(
  key: string,
  rows: readonly TreeRow[],
  active: number,
): number | 'toggle' | 'open' | null {
  const row = rows[active];
  if (row === undefined) return null;
  switch (key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return active - 1;
    case 'PageDown':
      return active + PAGE;
    case 'PageUp':
      return active - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      if (row.kind === 'fold') return 'toggle';
      if (row.expanded) return active + 1;
      return row.node.children.length > 0 ? 'toggle' : active;
    case 'ArrowLeft': {
      if (row.kind === 'span' && row.expanded) return 'toggle';
      const parent = rows.slice(0, active).findLastIndex((other) => other.level < row.level);
      return parent === -1 ? active : parent;
    }
    case 'Enter':
    case ' ':
      return row.kind === 'fold' ? 'toggle' : 'open';
    default:
      return null;
  }
}
