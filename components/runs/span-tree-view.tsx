// biome-ignore-all lint/a11y/useSemanticElements: a table cannot hold only the rows in view; the treegrid roles say the same
// biome-ignore-all lint/a11y/useFocusableInteractive: rows take the focus, their cells do not
'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import Link from 'next/link';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { bandColour } from '@/components/ui/band';
import { LaneTag } from '@/components/ui/lane-tag';
import { Count, Duration, Money } from '@/components/ui/measure';
import { Tag } from '@/components/ui/tag';
import { categoryTitle } from '@/lib/contract/categories';
import { formatCount, formatNumber, plural } from '@/lib/format';
import { bandOf } from '@/lib/scoring/risk';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { type ClauseSource, clauseHref } from './links';
import { buildTree, type TreeRow, treeKey, treeRows } from './span-tree';
import { type RiskContext, unclassifiedBecause } from './unclassified';

export interface TreeContext extends RiskContext {
  of: ClauseSource;
  thresholds: { medium: number; high: number; critical: number } | null;
  /** Categories the contract lets a tool touch, by tool. */
  toolCategories: Readonly<Record<string, readonly string[]>>;
  /** `traceId/spanId` of spans that broke a clause. */
  breached: ReadonlySet<string>;
}

/** Columns by width: a phone shows what, how risky and how long, a desk everything. */
const FULL =
  'grid grid-cols-[minmax(0,1fr)_34px_64px] md:grid-cols-[minmax(0,1fr)_120px_92px_84px_72px] xl:grid-cols-[minmax(220px,1fr)_150px_minmax(90px,140px)_88px_96px_64px_68px_76px]';
const BRIEF = 'grid grid-cols-[minmax(0,1fr)_64px] md:grid-cols-[minmax(0,1fr)_132px_78px_100px]';
const ROW = 36;
const TALL = 56;
/** Deeper than this is not indented further. */
const DEEPEST = 12;

/**
 * What a run did, as a tree with timing. Arrow keys walk it, Enter opens a span. Only rows in view are in the page, so
 * that ten thousand spans scroll like ten.
 */
export function SpanTreeView({
  spans,
  context,
  chosen,
  onChoose,
  brief = false,
}: {
  spans: readonly SpanRow[];
  context: TreeContext;
  /** Key of the span whose details are open. */
  chosen: string;
  onChoose: (span: SpanRow) => void;
  /** Without timing and usage: for pages where the run is not the only matter. */
  brief?: boolean;
}) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [folding, setFolding] = useState(true);
  const roots = useMemo(() => buildTree(spans, context.unknownTools), [spans, context.unknownTools]);
  const rows = useMemo(
    () => treeRows(roots, { collapsed, opened, folding }),
    [roots, collapsed, opened, folding],
  );
  const scale = useMemo(() => scaleOf(spans), [spans]);
  const [active, setActive] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  // Rises whenever the active row shall have the focus, even when its place did not change.
  const [focusTurn, setFocusTurn] = useState(0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const row = rows[index];
      return row?.kind === 'span' && row.node.span.clauses.length > 0 ? TALL : ROW;
    },
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    initialRect: { width: 1000, height: 720 },
  });

  const activeNow = useRef(0);
  activeNow.current = Math.min(active, rows.length - 1);
  useEffect(() => {
    if (focusTurn === 0) return;
    virtual.scrollToIndex(activeNow.current);
    // The row may enter the page only after the scroll.
    const frame = requestAnimationFrame(() => {
      const row = scroller.current?.querySelector(`[data-index="${activeNow.current}"]`);
      if (row instanceof HTMLElement) row.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [focusTurn, virtual]);

  function moveTo(index: number) {
    setActive(Math.max(0, Math.min(rows.length - 1, index)));
    setFocusTurn((turn) => turn + 1);
  }
  function toggle(row: TreeRow) {
    if (row.kind === 'fold') setOpened(new Set([...opened, row.key]));
    else if (row.node.children.length > 0) {
      const next = new Set(collapsed);
      if (!next.delete(row.key)) next.add(row.key);
      setCollapsed(next);
    }
  }
  function onKeyDown(event: KeyboardEvent) {
    const row = rows[active];
    if (row === undefined || event.target instanceof HTMLAnchorElement) return;
    const step = treeKey(event.key, rows, active);
    if (step === null || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    if (step === 'toggle') {
      toggle(row);
      setFocusTurn((turn) => turn + 1);
    } else if (step !== 'open') moveTo(step);
    else if (row.kind === 'span') onChoose(row.node.span);
  }

  const columns = brief ? BRIEF : FULL;
  const folded = rows.reduce((sum, row) => sum + (row.kind === 'fold' ? row.count : 0), 0);
  return (
    <>
      <div
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={rows.length + 1}
        className="text-sm"
        onKeyDown={onKeyDown}
      >
        <div
          role="row"
          tabIndex={-1}
          className={`${columns} h-8 items-center gap-x-2 border-b border-line px-3.5 md:gap-x-3 text-xs font-medium text-ink-2`}
        >
          <Head>Span</Head>
          {brief ? null : <Head from="xl">Timing</Head>}
          <Head from={brief ? 'md' : 'xl'}>Touched</Head>
          <Head from="md">Answer</Head>
          <Head className={brief ? '' : 'text-right xl:text-left'}>Risk</Head>
          {brief ? null : (
            <>
              <Head from="xl" className="text-right">
                Tokens
              </Head>
              <Head from="md" className="text-right">
                Cost
              </Head>
              <Head from="always" className="text-right">
                Duration
              </Head>
            </>
          )}
        </div>
        <div ref={scroller} role="rowgroup" tabIndex={-1} className="max-h-[70vh] overflow-y-auto">
          <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the tree as a whole takes the keys
                <div
                  key={item.key}
                  role="row"
                  data-index={item.index}
                  aria-rowindex={item.index + 2}
                  aria-level={row.level}
                  aria-expanded={
                    row.kind === 'fold' ? false : row.node.children.length > 0 ? row.expanded : undefined
                  }
                  aria-selected={row.key === chosen}
                  tabIndex={item.index === Math.min(active, rows.length - 1) ? 0 : -1}
                  onFocus={() => setActive(item.index)}
                  onClick={(event) => {
                    if (event.target instanceof HTMLAnchorElement) return;
                    setActive(item.index);
                    if (row.kind === 'fold') toggle(row);
                    else onChoose(row.node.span);
                  }}
                  style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                  className={`${columns} absolute inset-x-0 top-0 cursor-pointer items-center gap-x-2 border-b border-line px-3.5 md:gap-x-3 focus-visible:-outline-offset-2 ${groundOf(row, chosen, context)}`}
                >
                  {row.kind === 'fold' ? (
                    <div role="gridcell" className="col-span-full text-ink-2" style={indent(row.level)}>
                      <Chevron open={false} /> {plural(row.count, 'quiet span')} folded
                    </div>
                  ) : (
                    <SpanCells
                      row={row}
                      context={context}
                      scale={scale}
                      brief={brief}
                      onToggle={() => toggle(row)}
                    />
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <p className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2 md:hidden">
        Open a span for what it touched, what was answered{brief ? '' : ', its tokens and its cost'}.
      </p>
      {folded > 0 || !folding ? (
        <div className="px-3.5 py-2.5 text-sm text-ink-2">
          {folding ? `${plural(folded, 'quiet span')} ${folded === 1 ? 'is' : 'are'} folded. ` : null}
          <button type="button" className="prose-link" onClick={() => setFolding(!folding)}>
            {folding ? `Show all ${formatCount(spans.length)}` : 'Fold quiet spans'}
          </button>
        </div>
      ) : null}
    </>
  );
}

interface Scale {
  fromUs: number;
  spanUs: number;
  mostRisk: number;
}

function scaleOf(spans: readonly SpanRow[]): Scale {
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  let mostRisk = 0;
  for (const span of spans) {
    fromUs = Math.min(fromUs, span.offsetUs);
    toUs = Math.max(toUs, span.offsetUs + span.durationUs);
    mostRisk = Math.max(mostRisk, span.risk);
  }
  return { fromUs, spanUs: Math.max(1, toUs - fromUs), mostRisk };
}

function groundOf(row: TreeRow, chosen: string, { breached }: TreeContext): string {
  if (row.key === chosen) return 'bg-accent-soft';
  if (row.kind === 'span' && breached.has(row.key)) return 'bg-critical-soft';
  return 'hover:bg-sunk';
}

const indent = (level: number) => ({ paddingLeft: (Math.min(level, DEEPEST) - 1) * 14 });

function SpanCells({
  row,
  context,
  scale,
  brief,
  onToggle,
}: {
  row: Extract<TreeRow, { kind: 'span' }>;
  context: TreeContext;
  scale: Scale;
  brief: boolean;
  onToggle: () => void;
}) {
  const { span } = row.node;
  const subject = span.tool ?? span.model;
  const broke = context.breached.has(row.key);
  const colour = broke
    ? 'text-critical'
    : bandColour(context.thresholds === null ? 'low' : bandOf(context.thresholds, span.risk));
  const tokens = (span.inputTokens ?? 0) + (span.outputTokens ?? 0);
  const clause = span.clauses[0];
  const because = unclassifiedBecause(span, context);
  return (
    <>
      <div role="gridcell" className="min-w-0" style={indent(row.level)}>
        <div className="flex min-w-0 items-center gap-1.5">
          {row.node.children.length === 0 ? (
            <span className="w-3 flex-none" />
          ) : (
            <button
              type="button"
              tabIndex={-1}
              aria-label={row.expanded ? 'Hide what is below' : `Show ${row.node.size - 1} below`}
              onClick={(event) => {
                event.stopPropagation();
                onToggle();
              }}
              className="grid size-3 flex-none place-items-center"
            >
              <Chevron open={row.expanded} />
            </button>
          )}
          <span
            className="code truncate max-md:line-clamp-2 max-md:leading-4 max-md:[overflow-wrap:anywhere] max-md:whitespace-normal"
            title={span.name}
          >
            {span.name}
          </span>
          {subject === null || span.name.includes(subject) ? null : (
            <span className="code truncate text-ink-2">{subject}</span>
          )}
          {span.lane === null || span.lane === 'allow' || broke ? null : (
            <span className="flex-none text-xs md:hidden">
              <LaneTag lane={span.lane} />
            </span>
          )}
          {span.status === 'error' ? <Tag tone="critical">failed</Tag> : null}
          {span.tool !== null && context.unknownTools.includes(span.tool) ? (
            <Tag tone="medium">unknown tool</Tag>
          ) : null}
        </div>
        {clause === undefined ? null : (
          <div className="truncate pl-[18px] text-xs">
            <Link
              href={clauseHref(clause, context.of)}
              tabIndex={-1}
              className="prose-link code"
              title={span.clauses.join('\n')}
            >
              {clause}
            </Link>
            {span.clauses.length > 1 ? (
              <span className="text-ink-2"> and {span.clauses.length - 1} more</span>
            ) : null}
          </div>
        )}
      </div>
      {brief ? null : <Timing span={span} scale={scale} colour={broke ? 'bg-critical' : 'bg-ink-3'} />}
      <div
        role="gridcell"
        className={`truncate ${brief ? 'hidden md:block' : 'hidden xl:block'}`}
        title={span.categories.map(categoryTitle).join(', ')}
      >
        <Touched span={span} context={context} />
      </div>
      <div role="gridcell" className="hidden md:block">
        {span.lane === null ? (
          <span className="text-ink-2">–</span>
        ) : broke ? (
          <LaneTag lane="block" label="breach" />
        ) : (
          <LaneTag lane={span.lane} />
        )}
      </div>
      <div
        role="gridcell"
        className={`flex items-center justify-end gap-2 ${brief ? 'md:justify-start' : 'xl:justify-start'}`}
      >
        <span className={`text-right ${brief ? 'md:w-8' : 'xl:w-7'}`}>
          {because === null ? (
            formatNumber(span.risk, 1)
          ) : (
            <span className="text-ink-2" title={because}>
              ?<span className="sr-only"> not classified</span>
            </span>
          )}
        </span>
        <span
          aria-hidden="true"
          className={`h-2 rounded-[2px] bg-current ${colour} ${brief ? 'hidden md:block' : 'hidden xl:block'}`}
          style={{
            width: span.risk === 0 ? 0 : Math.max(3, (span.risk / scale.mostRisk) * (brief ? 52 : 48)),
          }}
        />
      </div>
      {brief ? null : (
        <>
          <div role="gridcell" className="hidden text-right xl:block">
            {tokens === 0 ? <span className="text-ink-2">–</span> : <Count value={tokens} compact />}
          </div>
          <div role="gridcell" className="hidden text-right md:block">
            {span.costUsd !== null ? (
              <Money usd={span.costUsd} />
            ) : span.operation === 'model' && tokens > 0 ? (
              <Money usd={null} />
            ) : (
              <span className="text-ink-2">–</span>
            )}
          </div>
          <div role="gridcell" className="text-right">
            <Duration ms={span.durationUs / 1000} />
          </div>
        </>
      )}
    </>
  );
}

/** The data a span touched; what its tool may not touch comes first. */
export function Touched({ span, context }: { span: SpanRow; context: TreeContext }) {
  if (span.categories.length === 0)
    return (
      <span className="text-ink-2">
        {unclassifiedBecause(span, context) === null ? 'nothing' : 'not known'}
      </span>
    );
  const { beyond, within } = splitCategories(span, context);
  return (
    <>
      {beyond.length === 0 ? null : (
        <strong className="font-semibold text-critical">{beyond.map(categoryTitle).join(', ')}</strong>
      )}
      {beyond.length > 0 && within.length > 0 ? ', ' : null}
      {within.map(categoryTitle).join(', ')}
    </>
  );
}

/** What a span touched beyond its tool's categories, when a clause on categories says so, and the rest. */
function splitCategories(span: SpanRow, context: TreeContext): { beyond: string[]; within: string[] } {
  const known =
    span.tool === null ? undefined : (context.toolCategories[span.tool] ?? context.toolCategories['*']);
  if (known === undefined || !span.clauses.some((clause) => clause.endsWith('/categories')))
    return { beyond: [], within: span.categories };
  return {
    beyond: span.categories.filter((category) => !known.includes(category)),
    within: span.categories.filter((category) => known.includes(category)),
  };
}

/** When the span ran within the run, to scale. */
function Timing({ span, scale, colour }: { span: SpanRow; scale: Scale; colour: string }) {
  const left = ((span.offsetUs - scale.fromUs) / scale.spanUs) * 100;
  const width = (span.durationUs / scale.spanUs) * 100;
  return (
    <div role="gridcell" className="hidden h-2 rounded-[2px] bg-sunk xl:block">
      <span className="sr-only">
        begins <Duration ms={span.offsetUs / 1000} /> in
      </span>
      <div
        aria-hidden="true"
        className={`h-2 min-w-[2px] rounded-[2px] ${colour}`}
        style={{
          marginLeft: `${Math.min(99, left)}%`,
          width: `${Math.min(100 - Math.min(99, left), width)}%`,
        }}
      />
    </div>
  );
}

const SHOWN = { always: '', md: 'hidden md:block', xl: 'hidden xl:block' };

function Head({
  from = 'always',
  className = '',
  children,
}: {
  from?: keyof typeof SHOWN;
  className?: string;
  children: string;
}) {
  return (
    <div role="columnheader" tabIndex={-1} className={`${SHOWN[from]} ${className}`}>
      {children}
    </div>
  );
}

function Chevron({ open }: { open: boolean }) {
  return (
    <svg
      viewBox="0 0 10 10"
      className="inline-block size-2.5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <path d={open ? 'M2 3.5l3 3 3-3' : 'M3.5 2l3 3-3 3'} />
    </svg>
  );
}
