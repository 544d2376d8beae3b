'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import { useCounts, useEditor, useMayWrite } from './editor-context';
import { ChangedBy } from './field-frame';

/** So many rows are simply there; of more only those in sight. */
const ALL = 30;
const ROW = 45;

export interface RowOf {
  /** Stays the same while the row is written in. */
  key: string;
  clause: string;
}

/** Rows of a list, each opened to be written in; of a long list only those in sight exist. */
export function Rows<R extends RowOf>({
  rows,
  label,
  render,
}: {
  rows: readonly R[];
  label: string;
  render: (row: R, index: number) => ReactNode;
}) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const { target } = useEditor();
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    scrollMargin: top,
    enabled: rows.length > ALL,
  });

  useLayoutEffect(() => {
    const at = (list.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
    setTop((before) => (Math.abs(before - at) > 1 ? at : before));
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each jump is one
  useEffect(() => {
    if (target === null || rows.length <= ALL) return;
    const index = rows.findIndex(
      (row) => target.clause === row.clause || target.clause.startsWith(`${row.clause}/`),
    );
    if (index !== -1) virtual.scrollToIndex(index, { align: 'center' });
  }, [target]);

  if (rows.length <= ALL)
    return (
      <ul ref={list} aria-label={label} className="divide-y divide-line border-y border-line empty:hidden">
        {rows.map((row, index) => (
          <li key={row.key}>{render(row, index)}</li>
        ))}
      </ul>
    );
  return (
    <ul
      ref={list}
      aria-label={label}
      className="relative border-y border-line"
      style={{ height: virtual.getTotalSize() }}
    >
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        return row === undefined ? null : (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            className="absolute inset-x-0 top-0 border-b border-line"
            style={{ transform: `translateY(${item.start - virtual.options.scrollMargin}px)` }}
          >
            {render(row, item.index)}
          </li>
        );
      })}
    </ul>
  );
}

/** One row: what it is in a line, and below it, once opened, all its fields. */
export function Row({
  clause,
  title,
  open,
  onOpen,
  onRemove,
  onMove,
  name,
  children,
}: {
  clause: string;
  title: ReactNode;
  open: boolean;
  onOpen: () => void;
  onRemove: () => void;
  /** Gives the row the place of its neighbour; undefined where the order says nothing. */
  onMove?: ((by: 1 | -1) => void) | undefined;
  /** What the row is called where its buttons are read out. */
  name: string;
  children: () => ReactNode;
}) {
  const mayWrite = useMayWrite();
  const box = useRef<HTMLDivElement>(null);
  const { target } = useEditor();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each jump is one
  useEffect(() => {
    if (target?.clause !== clause) return;
    box.current?.scrollIntoView({ block: 'center' });
    box.current?.querySelector('button')?.focus({ preventScroll: true });
  }, [target]);
  return (
    <div ref={box} data-row={clause} className={open ? 'pb-4' : ''}>
      <div className="group/row flex min-h-11 items-center gap-2">
        <button
          type="button"
          aria-expanded={open}
          onClick={onOpen}
          className="flex min-w-0 flex-1 items-center gap-2 py-2 text-left focus-visible:-outline-offset-2"
        >
          <svg
            viewBox="0 0 12 12"
            className={`size-3 flex-none text-ink-3 transition-transform duration-100 ${open ? 'rotate-90' : ''}`}
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            aria-hidden="true"
          >
            <path d="M4 2.5L8 6l-4 3.5" />
          </svg>
          <span className="min-w-0 flex-1">{title}</span>
          <RowCounts clause={clause} />
        </button>
        {mayWrite && onMove !== undefined ? (
          <span className="flex flex-none">
            <MoveButton by={-1} name={name} onMove={onMove} />
            <MoveButton by={1} name={name} onMove={onMove} />
          </span>
        ) : null}
        {mayWrite ? (
          <Button
            size="small"
            variant="link"
            className="text-sm! text-ink-2!"
            aria-label={`Remove ${name}`}
            onClick={onRemove}
          >
            Remove
          </Button>
        ) : null}
      </div>
      {open ? (
        <div className="grid gap-x-5 gap-y-3.5 pt-1 pl-5 md:grid-cols-2">
          <div className="empty:hidden md:col-span-2">
            <ChangedBy clause={clause} />
          </div>
          {children()}
        </div>
      ) : null}
    </div>
  );
}

/** Shows itself where the pointer or the focus is; always there where nothing hovers. */
function MoveButton({ by, name, onMove }: { by: 1 | -1; name: string; onMove: (by: 1 | -1) => void }) {
  return (
    <button
      type="button"
      data-move={by}
      aria-label={`Move ${name} ${by === 1 ? 'down' : 'up'}`}
      title={by === 1 ? 'Move down' : 'Move up'}
      onClick={() => onMove(by)}
      className="grid size-6 place-items-center rounded-sm text-ink-3 hover:bg-sunk hover:text-ink focus-visible:opacity-100 [@media(hover:hover)]:opacity-0 group-focus-within/row:opacity-100! group-hover/row:opacity-100!"
    >
      <svg
        viewBox="0 0 12 12"
        className={`size-3 ${by === 1 ? 'rotate-180' : ''}`}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        <path d="M6 10V2M2.5 5.5L6 2l3.5 3.5" />
      </svg>
    </button>
  );
}

/** Puts the cursor into the first field of a row that has just come. */
export function focusIn(selector: string): void {
  requestAnimationFrame(() => {
    const row = document.querySelector(selector);
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('input, textarea, select')?.focus({ preventScroll: true });
  });
}

/** Keeps the focus on the button that moved a row, at the row's new place. */
export function focusMove(clause: string, by: 1 | -1): void {
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-row="${CSS.escape(clause)}"]`);
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>(`[data-move="${by}"]`)?.focus({ preventScroll: true });
  });
}

function RowCounts({ clause }: { clause: string }) {
  const [errors = 0, todo = 0] = useCounts(clause).split(' ').map(Number);
  return (
    <span className="flex flex-none gap-1 empty:hidden">
      {errors > 0 ? <Tag tone="critical">{plural(errors, 'error')}</Tag> : null}
      {todo > 0 ? <Tag tone="medium">{todo} to do</Tag> : null}
    </span>
  );
}
