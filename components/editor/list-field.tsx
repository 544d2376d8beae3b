'use client';

import { memo, useCallback, useEffect, useState } from 'react';
import { ClauseThreads } from '@/components/comments/clause-threads';
import { Button } from '@/components/ui/button';
import { FILTER_WORDS, plain } from '@/lib/contract/describe';
import { describeLadderStep } from '@/lib/contract/describe-failure';
import { isGroup, type Path } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { ladderStepSchema } from '@/lib/contract/schema';
import { formatCount } from '@/lib/format';
import { clauseOf, fieldValue } from './draft-store';
import { useDraft, useEdit, useEditor, useMayWrite, useSame } from './editor-context';
import { FieldFrame, type FieldProps, useFrame } from './field-frame';
import type { Control } from './group-field';
import { useOpenRows, useRemove } from './open-rows';
import { SEARCH_FROM, Search } from './row-search';
import { focusIn, focusMove, Row, Rows } from './rows';
import { textOf } from './typed-text';

/** A list of entries, most with an id: rows that open to their fields, with search when there are many. */
export function ListField({ field, path, Control }: FieldProps<FieldOf<'list'>> & { Control: Control }) {
  const frame = useFrame({ field, path });
  const { store, target } = useEditor();
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const { isOpen, toggle, show, rekey } = useOpenRows<number>();
  const take = useRemove();
  const [said, setSaid] = useState('');
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
    show(index);
  }, [target]);

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
    show(items.length);
    requestAnimationFrame(() =>
      focusIn(`[data-row="${CSS.escape(clauseOf(store.get().document, [...path, items.length]))}"]`),
    );
  }
  const remove = useCallback(
    (index: number) => {
      const item = fieldValue(store.get(), [...path, index]);
      take([...path, index], `${field.noun} ${titleOf(item)}`, { op: 'insert', path, index, value: item });
      rekey((each) => (each === index ? undefined : each > index ? each - 1 : each));
    },
    [store, path, field.noun, take, rekey],
  );
  const move = useCallback(
    (index: number, by: 1 | -1) => {
      const items = fieldValue(store.get(), path);
      const to = index + by;
      if (!Array.isArray(items) || to < 0 || to >= items.length) return;
      store.edit([{ op: 'move', path: [...path, index], to }]);
      rekey((each) => (each === index ? to : each === to ? index : each));
      setSaid(`${titleOf(items[index]) || field.noun}: place ${to + 1} of ${items.length}`);
      const clause = clauseOf(store.get().document, [...path, to]);
      requestAnimationFrame(() => focusMove(clause, by));
    },
    [store, path, field.noun, rekey],
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
      <span role="status" className="sr-only">
        {said}
      </span>
      <Rows
        label={field.label}
        rows={found.map((index) => ({ key: String(index), clause: clauses[index] ?? '', index }))}
        render={({ index, clause }) => (
          <Entry
            field={field}
            path={path}
            index={index}
            clause={clause}
            open={isOpen(index)}
            onToggle={toggle}
            onRemove={remove}
            // Among found entries there is no telling where one goes.
            onMove={clauses.length > 1 && query.trim() === '' ? move : undefined}
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
  onMove,
  Control,
}: {
  field: FieldOf<'list'>;
  path: Path;
  index: number;
  clause: string;
  open: boolean;
  onToggle: (index: number) => void;
  onRemove: (index: number) => void;
  onMove: ((index: number, by: 1 | -1) => void) | undefined;
  Control: Control;
}) {
  const { draftId } = useEditor();
  const title = useDraft((view) => titleOf(fieldValue(view, [...path, index])));
  const name = title === '' ? `${field.noun} ${index + 1}` : title;
  const text = useDraft((view) => summaryOf(fieldValue(view, [...path, index])));
  return (
    <Row
      clause={clause}
      open={open}
      onOpen={() => onToggle(index)}
      onRemove={() => onRemove(index)}
      name={name}
      onMove={onMove === undefined ? undefined : (by) => onMove(index, by)}
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

/** What an entry goes by. */
function titleOf(item: unknown): string {
  return isGroup(item) ? textOf(item.id) : '';
}

/** The first words of an entry: its statement, or what there is. */
function summaryOf(item: unknown): string {
  if (!isGroup(item)) return textOf(item);
  for (const key of ['statement', 'name']) if (textOf(item[key]) !== '') return textOf(item[key]);
  if (isGroup(item.when)) {
    const step = ladderStepSchema.safeParse(item);
    return step.success ? plain(describeLadderStep(step.data)) : textOf(item.step);
  }
  if (Array.isArray(item.categories)) return filterWords(item.categories.map(textOf), item.then);
  if (textOf(item.to) !== '')
    return `${textOf(item.to)}${item.afterMinutes === undefined ? '' : `, after ${textOf(item.afterMinutes)} minutes`}`;
  if (textOf(item.tool) !== '') return `${textOf(item.tool)} is undone by ${textOf(item.by)}`;
  return '';
}

function filterWords(categories: readonly string[], act: unknown): string {
  const words = Object.entries(FILTER_WORDS).find(([each]) => each === act)?.[1];
  return words === undefined ? categories.join(', ') : `${categories.join(', ')} ${words}`;
}

/** An id nobody in the list has: `rule-3`. */
function freshId(noun: string, items: readonly unknown[]): string {
  const taken = new Set(items.map(titleOf));
  const stem = noun.toLowerCase().replaceAll(' ', '-');
  let number = items.length + 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
