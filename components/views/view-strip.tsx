'use client';

import type { ReactNode } from 'react';
import { Tag } from '@/components/ui/tag';
import type { SavedViews } from '@/lib/services/views/list-views';
import { ManageViews } from './manage-views';
import { SaveView } from './save-view';

/**
 * The views of a list in one row: those that everybody has, then the saved ones. `query` is what the list shows now, in
 * the spelling of saved views; a view of exactly that is the current one.
 */
export function ViewStrip({
  list,
  usual,
  saved,
  current,
  query,
  onUsual,
  onSaved,
  children,
}: {
  list: 'runs';
  usual: readonly string[];
  saved: SavedViews;
  /** The usual view on screen, or null. */
  current: string | null;
  query: string;
  onUsual: (name: string) => void;
  onSaved: (query: string) => void;
  /** How the list looks: the chooser of its columns. */
  children: ReactNode;
}) {
  const own = saved.views.find((view) => view.query === query);
  const button = (key: string, name: string, pressed: boolean, onClick: () => void, shared = false) => (
    <button
      key={key}
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="inline-flex min-h-7 items-center gap-1.5 rounded-md px-2.5 py-1 text-sm whitespace-nowrap text-ink-2 hover:text-ink focus-visible:-outline-offset-2 aria-pressed:bg-sunk aria-pressed:font-medium aria-pressed:text-ink"
    >
      {name}
      {shared ? <Tag>shared</Tag> : null}
    </button>
  );
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <div className="flex max-w-full min-w-0 gap-1 overflow-x-auto">
        {usual.map((name) => button(name, name, own === undefined && current === name, () => onUsual(name)))}
        {saved.views.map((view) =>
          button(
            view.id,
            view.name,
            view.id === own?.id,
            () => onSaved(view.query),
            view.shared && !view.mine,
          ),
        )}
      </div>
      <div className="ml-auto flex flex-wrap gap-2 max-md:ml-0">
        {children}
        {own === undefined ? <SaveView list={list} query={query} mayShare={saved.mayShare} /> : null}
        {saved.views.some((view) => view.mayChange) ? <ManageViews saved={saved} query={query} /> : null}
      </div>
    </div>
  );
}
