'use client';

import { memo, useCallback, useEffect, useState } from 'react';
import { ClauseThreads } from '@/components/comments/clause-threads';
import { Button } from '@/components/ui/button';
import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { formatCount } from '@/lib/format';
import { fieldValue } from './draft-store';
import { useDraft, useEditor, useMayWrite, useSame } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { FromCatalogue } from './from-catalogue';
import type { Control } from './group-field';
import { useOpenRows, useRemove } from './open-rows';
import { SEARCH_FROM, Search } from './row-search';
import { focusIn, Row, Rows } from './rows';
import { plainText, textOf } from './typed-text';

/** The tools by name: a table of rows that open to their fields. */
export function ToolsField({ field, path, Control }: FieldProps<FieldOf<'tools'>> & { Control: Control }) {
  const frame = useFrame({ field, path });
  const { store, target } = useEditor();
  const mayWrite = useMayWrite();
  const { isOpen, toggle, show, rekey } = useOpenRows<string>();
  const take = useRemove();
  const [query, setQuery] = useState('');
  const names = useSame((view) => {
    const value = fieldValue(view, path);
    return isGroup(value) ? Object.keys(value) : [];
  });
  const found = useSame((view) => {
    const value = fieldValue(view, path);
    const wanted = query.trim().toLowerCase();
    if (!isGroup(value)) return [];
    return Object.entries(value).flatMap(([name, tool]) =>
      wanted === '' || `${name} ${JSON.stringify(tool)}`.toLowerCase().includes(wanted) ? [name] : [],
    );
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: each jump is one
  useEffect(() => {
    const name = names.find(
      (each) => target?.clause.startsWith(`tools/${each}/`) || target?.clause === `tools/${each}`,
    );
    if (name === undefined) return;
    setQuery('');
    show(name);
  }, [target]);

  const rename = useCallback(
    (name: string, to: string) => {
      store.edit([{ op: 'rename', path: ['tools', name], key: to }]);
      rekey((each) => (each === name ? to : each));
    },
    [store, rekey],
  );
  const remove = useCallback(
    (name: string) => {
      const at = ['tools', name];
      take(at, `tool ${name}`, { op: 'set', path: at, value: fieldValue(store.get(), at) });
      rekey((each) => (each === name ? undefined : each));
    },
    [store, take, rekey],
  );
  function add() {
    let number = names.length + 1;
    while (names.includes(`tool-${number}`)) number += 1;
    const name = `tool-${number}`;
    store.edit([{ op: 'set', path: ['tools', name], value: { action: 'read' } }]);
    setQuery('');
    show(name);
    requestAnimationFrame(() => focusIn(`[data-row="tools/${name}"]`));
  }

  return (
    <FieldFrame
      field={field}
      frame={frame}
      label="legend"
      wide
      beside={
        <span className="flex items-center gap-3">
          <span className="text-xs text-ink-2">
            {names.length === 0 ? 'none yet' : formatCount(names.length)}
          </span>
          {mayWrite ? (
            <>
              <FromCatalogue onAdded={() => setQuery('')} />
              <Button size="small" onClick={add}>
                Add tool
              </Button>
            </>
          ) : null}
        </span>
      }
    >
      {names.length < SEARCH_FROM ? null : (
        <Search query={query} onQuery={setQuery} label="Search tools" found={found.length} />
      )}
      <Rows
        label="Tools"
        rows={found.map((name) => ({ key: name, clause: `tools/${name}` }))}
        render={({ key }) => (
          <ToolRow
            field={field}
            name={key}
            open={isOpen(key)}
            onToggle={toggle}
            onRemove={remove}
            onRename={rename}
            Control={Control}
          />
        )}
      />
    </FieldFrame>
  );
}

const ToolRow = memo(function ToolRow({
  field,
  name,
  open,
  onToggle,
  onRemove,
  onRename,
  Control,
}: {
  field: FieldOf<'tools'>;
  name: string;
  open: boolean;
  onToggle: (name: string) => void;
  onRemove: (name: string) => void;
  onRename: (name: string, to: string) => void;
  Control: Control;
}) {
  const { draftId } = useEditor();
  const action = useDraft((view) => textOf(fieldValue(view, ['tools', name, 'action'])));
  const about = useDraft((view) => {
    const [server, categories] = [
      fieldValue(view, ['tools', name, 'server']),
      fieldValue(view, ['tools', name, 'categories']),
    ];
    return [textOf(server), Array.isArray(categories) ? categories.map(textOf).join(', ') : '']
      .filter((part) => part !== '')
      .join(' · ');
  });
  return (
    <Row
      clause={`tools/${name}`}
      open={open}
      onOpen={() => onToggle(name)}
      onRemove={() => onRemove(name)}
      name={`tool ${name}`}
      title={
        <span className="flex min-w-0 items-baseline gap-2.5">
          <bdi className="code min-w-0 truncate">{name}</bdi>
          <span className="flex-none text-sm">{action}</span>
          <bdi className="min-w-0 flex-1 truncate text-sm text-ink-2">{about}</bdi>
        </span>
      }
    >
      {() => (
        <>
          <ToolName name={name} onRename={onRename} />
          {field.fields.map((inner) => (
            <Control key={inner.key} field={inner} path={['tools', name, inner.key]} />
          ))}
          <div className="group md:col-span-2">
            <ClauseThreads subject={{ kind: 'draft', id: draftId }} clause={`tools/${name}`} />
          </div>
        </>
      )}
    </Row>
  );
});

/** A name is changed as a whole, when one leaves it: each letter on the way would be another tool. */
function ToolName({ name, onRename }: { name: string; onRename: (name: string, to: string) => void }) {
  const mayWrite = useMayWrite();
  const { store } = useEditor();
  const [typed, setTyped] = useState(name);
  const tools = fieldValue(store.get(), ['tools']);
  const taken = typed !== name && isGroup(tools) && Object.hasOwn(tools, typed);
  const wrong = taken
    ? 'Another tool has this name.'
    : typed.trim() === ''
      ? 'A tool has a name.'
      : /[\s/]/.test(typed)
        ? 'A tool name has no spaces and no slash.'
        : undefined;
  const commit = () => {
    if (wrong === undefined && typed !== name) onRename(name, typed);
  };
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={`name-${name}`} className="text-sm font-medium">
        Name
      </label>
      <input
        id={`name-${name}`}
        type="text"
        value={typed}
        readOnly={!mayWrite}
        aria-invalid={wrong !== undefined}
        aria-describedby={`name-${name}-hint`}
        onChange={(event) => setTyped(plainText(event.currentTarget.value).trim())}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setTyped(name);
        }}
        className={`${CONTROL} code`}
      />
      <p
        id={`name-${name}-hint`}
        className={`text-sm ${wrong === undefined ? 'text-ink-2' : 'text-critical'}`}
      >
        {wrong ?? 'As the agent calls it.'}
      </p>
    </div>
  );
}
