'use client';

import { memo, useCallback, useEffect, useState } from 'react';
import { ClauseThreads } from '@/components/comments/clause-threads';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { isGroup, type Path } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { formatCount } from '@/lib/format';
import { clauseOf, fieldValue } from './draft-store';
import { useDraft, useEdit, useEditor, useMayWrite, useSame } from './editor-context';
import { FieldFrame, type FieldProps, useFrame } from './field-frame';
import type { Control } from './group-field';
import { Row, Rows } from './rows';
import { textOf } from './typed-text';

const SEARCH_FROM = 9;

/** A list of entries, most with an id: rows that open to their fields, with search when there are many. */
export function ListField({ field, path, Control }: FieldProps<FieldOf<'list'>> & { Control: Control }) {
  const frame = useFrame({ field, path });
  const { store, target } = useEditor();
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [query, setQuery] = useState('');
  const clauses = useSame((view) => {
    const value = fieldValue(view, path);
    return Array.isArray(value) ? value.map((_, index) => clauseOf(view.document, [...path, index])) : [];
  });
  const found = useSame((view) => {
    const value = fieldValue(view, path);
    if (!Array.isArray(value)) return [];
    const wanted = query.trim().toLowerCase();
    return value.flatMap((item, index) =>
      wanted === '' || JSON.stringify(item).toLowerCase().includes(wanted) ? [index] : [],
    );
  });
  const hasId = field.fields.some((inner) => inner.key === 'id');

  // biome-ignore lint/correctness/useExhaustiveDependencies: each jump is one
  useEffect(() => {
    if (target === null) return;
    const index = clauses.findIndex(
      (clause) => target.clause === clause || target.clause.startsWith(`${clause}/`),
    );
    if (index === -1) return;
    setQuery('');
    setOpen((before) => new Set([...before, index]));
  }, [target]);

  const toggle = useCallback((index: number) => {
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  }, []);
  function add() {
    const value = fieldValue(store.get(), path);
    const items: readonly unknown[] = Array.isArray(value) ? value : [];
    const item = hasId ? { id: freshId(field.noun, items) } : {};
    edit([
      items.length === 0
        ? { op: 'set', path, value: [item] }
        : { op: 'insert', path, index: items.length, value: item },
    ]);
    setQuery('');
    setOpen((before) => new Set([...before, items.length]));
    requestAnimationFrame(() =>
      focusIn(`[data-row="${CSS.escape(clauseOf(store.get().document, [...path, items.length]))}"]`),
    );
  }
  const remove = useCallback(
    (index: number) => {
      const item = fieldValue(store.get(), [...path, index]);
      store.edit([{ op: 'remove', path: [...path, index] }]);
      setOpen(
        (before) =>
          new Set([...before].flatMap((each) => (each === index ? [] : [each > index ? each - 1 : each]))),
      );
      const { changes } = store;
      toast(`Removed ${field.noun} ${titleOf(item)}`.trim(), {
        action: {
          label: 'Undo',
          onClick: () => {
            if (store.changes === changes) void store.undo();
            else store.edit([{ op: 'insert', path, index, value: item }]);
          },
        },
      });
    },
    [store, path, field.noun],
  );

  return (
    <FieldFrame
      field={{ ...field, required: true }}
      frame={frame}
      label="legend"
      wide
      beside={
        <span className="flex items-center gap-3">
          <span className="text-xs text-ink-2">
            {clauses.length === 0 ? 'none yet' : formatCount(clauses.length)}
          </span>
          {mayWrite ? (
            <Button size="small" onClick={add}>
              Add {field.noun}
            </Button>
          ) : null}
        </span>
      }
    >
      {clauses.length < SEARCH_FROM ? null : (
        <Search
          query={query}
          onQuery={setQuery}
          label={`Search ${field.label.toLowerCase()}`}
          found={found.length}
        />
      )}
      <Rows
        label={field.label}
        rows={found.map((index) => ({ key: String(index), clause: clauses[index] ?? '', index }))}
        render={({ index, clause }) => (
          <Entry
            field={field}
            path={path}
            index={index}
            clause={clause}
            open={open.has(index)}
            onToggle={toggle}
            onRemove={remove}
            Control={Control}
          />
        )}
      />
    </FieldFrame>
  );
}

const Entry = memo(function Entry({
  field,
  path,
  index,
  clause,
  open,
  onToggle,
  onRemove,
  Control,
}: {
  field: FieldOf<'list'>;
  path: Path;
  index: number;
  clause: string;
  open: boolean;
  onToggle: (index: number) => void;
  onRemove: (index: number) => void;
  Control: Control;
}) {
  const { draftId } = useEditor();
  const title = useDraft((view) => titleOf(fieldValue(view, [...path, index])));
  const text = useDraft((view) => summaryOf(fieldValue(view, [...path, index])));
  return (
    <Row
      clause={clause}
      open={open}
      onOpen={() => onToggle(index)}
      onRemove={() => onRemove(index)}
      removeLabel={`Remove ${title === '' ? `${field.noun} ${index + 1}` : title}`}
      title={
        <span className="flex min-w-0 items-baseline gap-2.5">
          {title === '' ? null : <bdi className="code flex-none max-w-[45%] truncate">{title}</bdi>}
          <bdi className={`min-w-0 truncate ${title === '' ? '' : 'text-ink-2'}`}>
            {text === '' && title === '' ? `New ${field.noun}` : text}
          </bdi>
        </span>
      }
    >
      {() => (
        <>
          {field.fields.map((inner) => (
            <Control key={inner.key} field={inner} path={[...path, index, inner.key]} />
          ))}
          <div className="group md:col-span-2">
            <ClauseThreads subject={{ kind: 'draft', id: draftId }} clause={clause} />
          </div>
        </>
      )}
    </Row>
  );
});

export function Search({
  query,
  onQuery,
  label,
  found,
}: {
  query: string;
  onQuery: (query: string) => void;
  label: string;
  found: number;
}) {
  return (
    <div className="flex items-center gap-3 py-1">
      <input
        type="search"
        aria-label={label}
        placeholder="Search"
        value={query}
        onChange={(event) => onQuery(event.currentTarget.value)}
        className="w-full max-w-72 rounded-md border border-line-strong bg-sheet px-2.5 py-1 text-base"
      />
      <span role="status" className="text-sm text-ink-2">
        {query.trim() === '' ? '' : `${formatCount(found)} found`}
      </span>
    </div>
  );
}

/** What an entry goes by. */
function titleOf(item: unknown): string {
  return isGroup(item) ? textOf(item.id) : '';
}

/** The first words of an entry: its statement, or what there is. */
function summaryOf(item: unknown): string {
  if (!isGroup(item)) return textOf(item);
  for (const key of ['statement', 'name']) if (textOf(item[key]) !== '') return textOf(item[key]);
  if (textOf(item.to) !== '')
    return `${textOf(item.to)}${item.afterMinutes === undefined ? '' : `, after ${textOf(item.afterMinutes)} minutes`}`;
  if (textOf(item.tool) !== '') return `${textOf(item.tool)} is undone by ${textOf(item.by)}`;
  return '';
}

/** An id nobody in the list has: `rule-3`. */
function freshId(noun: string, items: readonly unknown[]): string {
  const taken = new Set(items.map(titleOf));
  const stem = noun.toLowerCase().replaceAll(' ', '-');
  let number = items.length + 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** Puts the cursor into the first field of a row that has just come. */
export function focusIn(selector: string): void {
  requestAnimationFrame(() => {
    const row = document.querySelector(selector);
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('input, textarea, select')?.focus({ preventScroll: true });
  });
}
