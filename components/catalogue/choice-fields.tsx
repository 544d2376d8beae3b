'use client';

import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Tag } from '@/components/ui/tag';
import { CATEGORIES, categoryTitle } from '@/lib/contract/categories';
import type { ToolSuggestion } from '@/lib/contract/classify-tool';
import type { ToolChoice } from '@/lib/contract/decided-tool';
import { ACTION_CLASSES, type ActionClass } from '@/lib/contract/schema';

const WHAT: Record<ActionClass, string> = {
  read: 'leaves the world as it is',
  write: 'changes something',
  transact: 'moves money or commits the company',
};
const SURE = { stated: 'its server says so', likely: 'likely', guess: 'a guess' } as const;

/** What a person decides of a tool, each part beside why it was suggested. */
export function ChoiceFields({
  choice,
  suggestion,
  onChange,
}: {
  choice: ToolChoice;
  suggestion: ToolSuggestion;
  onChange: (choice: ToolChoice) => void;
}) {
  const name = useId();
  return (
    <div className="grid gap-3">
      <Part title="What it does" why={suggestion.action.why} sure={suggestion.action.sure}>
        <div className="flex flex-wrap gap-x-5 gap-y-1.5">
          {ACTION_CLASSES.map((action) => (
            <label key={action} className="flex items-center gap-1.5">
              <input
                type="radio"
                name={name}
                checked={choice.action === action}
                onChange={() => onChange({ ...choice, action })}
                className="size-4 accent-(--accent)"
              />
              {action} <span className="text-sm text-ink-2">{WHAT[action]}</span>
            </label>
          ))}
        </div>
      </Part>
      <Part title="Where it reaches" why={suggestion.egress.why} sure={suggestion.egress.sure}>
        <label className="flex items-center gap-1.5">
          <input
            type="checkbox"
            checked={choice.egress}
            onChange={(event) => onChange({ ...choice, egress: event.currentTarget.checked })}
            className="size-4 accent-(--accent)"
          />
          A call can carry data out of the company
        </label>
      </Part>
      <CategoryPart choice={choice} suggestion={suggestion} onChange={onChange} />
      {choice.action === 'read' ? null : (
        <Part title="Taking it back" why={suggestion.reversible.why} sure={suggestion.reversible.sure}>
          <label className="flex flex-wrap items-center gap-1.5">
            <input
              type="checkbox"
              checked={choice.reversible !== false}
              onChange={(event) =>
                onChange({
                  ...choice,
                  reversible: event.currentTarget.checked
                    ? suggestion.reversible.value === false
                      ? true
                      : suggestion.reversible.value
                    : false,
                })
              }
              className="size-4 accent-(--accent)"
            />
            What it does can be undone
            {typeof choice.reversible === 'object' ? (
              <span className="text-sm text-ink-2">
                by <span className="code">{choice.reversible.by}</span>
              </span>
            ) : null}
          </label>
        </Part>
      )}
    </div>
  );
}

function CategoryPart({
  choice,
  suggestion,
  onChange,
}: {
  choice: ToolChoice;
  suggestion: ToolSuggestion;
  onChange: (choice: ToolChoice) => void;
}) {
  const list = useId();
  const [typed, setTyped] = useState('');
  const add = (category: string) => {
    const slug = category
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 64);
    setTyped('');
    if (slug !== '' && !choice.categories.includes(slug))
      onChange({ ...choice, categories: [...choice.categories, slug] });
  };
  const why = suggestion.categories.map((each) => each.why).join(' ');
  const left = suggestion.categories.filter((each) => !choice.categories.includes(each.category));
  return (
    <Part
      title="Data a call may touch"
      why={why === '' ? 'No name among its own and its arguments sounds like data of a kind we know.' : why}
      sure={why === '' ? 'guess' : 'likely'}
    >
      <div className="flex flex-wrap items-center gap-1.5">
        {choice.categories.map((category) => (
          <button
            key={category}
            type="button"
            onClick={() =>
              onChange({ ...choice, categories: choice.categories.filter((each) => each !== category) })
            }
            className="inline-flex min-h-7 items-center gap-1.5 rounded-full border border-line-strong bg-sheet px-2.5 text-sm hover:bg-sunk"
          >
            {categoryTitle(category)}
            <span aria-hidden="true" className="text-ink-3">
              ×
            </span>
            <span className="sr-only">, leave out</span>
          </button>
        ))}
        {left.map(({ category }) => (
          <button
            key={category}
            type="button"
            onClick={() => add(category)}
            className="inline-flex min-h-7 items-center gap-1 rounded-full border border-dashed border-line-strong px-2.5 text-sm text-ink-2 hover:bg-sunk"
          >
            <span aria-hidden="true">+</span> {categoryTitle(category)}
            <span className="sr-only">, add</span>
          </button>
        ))}
        <span className="inline-flex items-center gap-1">
          <input
            value={typed}
            list={list}
            aria-label="Another data category"
            placeholder="another…"
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || typed.trim() === '') return;
              event.preventDefault();
              event.stopPropagation();
              add(typed);
            }}
            className="min-h-7 w-32 rounded-md border border-line-strong bg-sheet px-2 text-sm"
          />
          {typed.trim() === '' ? null : (
            <Button size="small" onClick={() => add(typed)}>
              Add
            </Button>
          )}
        </span>
        <datalist id={list}>
          {CATEGORIES.map((category) => (
            <option key={category.slug} value={category.slug}>
              {category.title}
            </option>
          ))}
        </datalist>
        {choice.categories.length === 0 ? <span className="text-sm text-ink-2">none yet</span> : null}
      </div>
    </Part>
  );
}

function Part({
  title,
  why,
  sure,
  children,
}: {
  title: string;
  why: string;
  sure: keyof typeof SURE;
  children: React.ReactNode;
}) {
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-0.5 text-sm font-medium">{title}</legend>
      {children}
      <p className="text-sm text-ink-2 [overflow-wrap:anywhere]">
        <Tag tone={sure === 'guess' ? 'medium' : 'plain'}>{SURE[sure]}</Tag> {why}
      </p>
    </fieldset>
  );
}
