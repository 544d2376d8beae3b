'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { isGroup } from '@/lib/contract/edit-value';
import { useEditor, useSame } from './editor-context';

const MOST = 50;

/** Tools that were imported and classified once: picked here with everything that was decided about them. */
export function FromCatalogue({ onAdded }: { onAdded: (name: string) => void }) {
  const { catalogue } = useEditor();
  if (catalogue.length === 0) return null;
  return (
    <Dialog
      trigger="From the catalogue"
      size="small"
      title="Tools of the catalogue"
      description="Each comes with its action class, data categories and arguments as somebody decided them."
    >
      {() => <Catalogue onAdded={onAdded} />}
    </Dialog>
  );
}

function Catalogue({ onAdded }: { onAdded: (name: string) => void }) {
  const { store, catalogue } = useEditor();
  const [query, setQuery] = useState('');
  const names = useSame((view) => (isGroup(view.document.tools) ? Object.keys(view.document.tools) : []));
  const wanted = query.trim().toLowerCase();
  const found = catalogue.filter((each) =>
    `${each.server} ${each.name} ${each.description ?? ''}`.toLowerCase().includes(wanted),
  );
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <input
        type="search"
        aria-label="Search the catalogue"
        placeholder="Search"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        className="w-full rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base"
      />
      <ul aria-label="Tools of the catalogue" className="max-h-80 divide-y divide-line overflow-y-auto">
        {found.slice(0, MOST).map(({ server, name, description, tool, missing }) => {
          const listed = names.includes(name);
          return (
            <li key={`${server} ${name}`} className="flex items-center gap-3 py-2">
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline gap-2">
                  <bdi className="code min-w-0 truncate">{name}</bdi>
                  <span className="flex-none text-sm text-ink-2">{tool.action}</span>
                </span>
                <span className="block truncate text-sm text-ink-2">
                  {server}
                  {missing ? ', which lists it no longer' : description === null ? '' : ` · ${description}`}
                </span>
              </span>
              <Button
                size="small"
                disabled={listed}
                aria-label={`Add ${name}`}
                onClick={() => {
                  store.edit([{ op: 'set', path: ['tools', name], value: { server, ...tool } }]);
                  onAdded(name);
                }}
              >
                {listed ? 'Listed' : 'Add'}
              </Button>
            </li>
          );
        })}
      </ul>
      <p role="status" className="text-sm text-ink-2">
        {found.length === 0
          ? 'No classified tool matches.'
          : found.length > MOST
            ? `${MOST} of ${found.length} shown; search for the others.`
            : ''}
      </p>
    </div>
  );
}
