'use client';

import * as Popover from '@radix-ui/react-popover';
import { Command } from 'cmdk';
import { type ReactNode, useState } from 'react';
import { FacetTrigger } from './facet-trigger';

export interface FacetOption {
  value: string;
  /** What is read and searched. */
  text: string;
  /** How it looks; the text when left out. */
  look?: ReactNode;
}

/** Above so many options a field to search in them appears. */
const SEARCH_FROM = 9;

/** One way to narrow a list: says what is chosen, opens on what can be. Choosing several keeps it open. */
export function FacetMenu({
  label,
  options,
  chosen,
  onChange,
  multiple = false,
  quiet = false,
  none,
}: {
  label: string;
  options: readonly FacetOption[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  multiple?: boolean;
  /** True where it narrows nothing: the trigger says only what it is. */
  quiet?: boolean;
  /** What choosing nothing means, on the button that does so. */
  none?: string;
}) {
  const [open, setOpen] = useState(false);
  const named = chosen.map((value) => options.find((option) => option.value === value)?.text ?? value);
  const on = chosen.length > 0;
  function pick(value: string) {
    const had = chosen.includes(value);
    if (!multiple) {
      onChange(had ? [] : [value]);
      setOpen(false);
    } else onChange(had ? chosen.filter((other) => other !== value) : [...chosen, value]);
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <FacetTrigger on={on && !quiet}>
        {label}
        {on && !quiet
          ? `: ${named.slice(0, 2).join(', ')}${named.length > 2 ? ` +${named.length - 2}` : ''}`
          : null}
      </FacetTrigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={12}
          className="z-40 w-64 animate-fade-in overflow-hidden rounded-lg border border-line bg-sheet shadow-float"
        >
          <Command label={label} loop>
            {options.length >= SEARCH_FROM ? (
              <Command.Input
                placeholder={`Find in ${label.toLowerCase()}`}
                className="w-full border-b border-line bg-transparent px-3 py-2 text-sm outline-none"
              />
            ) : (
              // Without a field the list itself takes the keys.
              <Command.Input className="sr-only" aria-label={label} />
            )}
            <Command.List className="max-h-72 overflow-y-auto p-1">
              <Command.Empty className="px-2 py-3 text-sm text-ink-2">Nothing fits.</Command.Empty>
              {options.map((option) => {
                const has = chosen.includes(option.value);
                return (
                  <Command.Item
                    key={option.value}
                    value={option.value}
                    keywords={[option.text]}
                    onSelect={() => pick(option.value)}
                    className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm data-[selected=true]:bg-sunk"
                  >
                    <svg
                      viewBox="0 0 12 12"
                      className="size-3 flex-none"
                      fill="none"
                      stroke="currentColor"
                      strokeWidth="1.6"
                      aria-hidden="true"
                    >
                      {has ? <path d="M2 6.5l2.5 2.5L10 3" /> : null}
                    </svg>
                    <span className="min-w-0 truncate" title={option.text}>
                      {option.look ?? option.text}
                    </span>
                    {has ? <span className="sr-only">, chosen</span> : null}
                  </Command.Item>
                );
              })}
            </Command.List>
            {on ? (
              <div className="border-t border-line p-1">
                <button
                  type="button"
                  onClick={() => {
                    onChange([]);
                    setOpen(false);
                  }}
                  className="min-h-8 w-full rounded-md px-2 text-left text-sm text-ink-2 hover:bg-sunk"
                >
                  {none ?? `Any ${label.toLowerCase()}`}
                </button>
              </div>
            ) : null}
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
