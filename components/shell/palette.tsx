'use client';

import * as Dialog from '@radix-ui/react-dialog';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Found } from '@/lib/services/search/find-anything';
import { fetchJson } from './fetch-json';
import { PLACES, REVIEW_PLACES, SETTINGS_PLACES } from './places';
import { applyTheme, THEME_TITLES, THEMES } from './theme';

const OpenContext = createContext<() => void>(() => {});

const HEADINGS: Record<Found['kind'], string> = {
  incident: 'Incidents',
  agent: 'Agents',
  contract: 'Contracts',
  draft: 'Drafts',
  clause: 'Clauses',
  tool: 'Tools',
  person: 'People',
  schedule: 'On call',
  run: 'Runs',
};
const KINDS = Object.keys(HEADINGS);

/** Of each kind; with few letters more kinds find something, and nobody scrolls far. */
const SHOWN = 4;

/** Cmd-K (Ctrl-K) anywhere, or the rail's field: pages, agents, contracts, clauses, tools, people, schedules, incidents and runs by a few letters. */
export function PaletteProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <OpenContext value={() => setOpen(true)}>
      {children}
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-x-4 top-[max(16px,10vh)] z-50 mx-auto max-w-xl animate-rise-in overflow-hidden rounded-lg border border-line bg-sheet shadow-float"
          >
            <Dialog.Title className="sr-only">Find anything</Dialog.Title>
            <Palette close={() => setOpen(false)} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </OpenContext>
  );
}

function Palette({ close }: { close: () => void }) {
  const router = useRouter();
  const [text, setText] = useState('');
  const { data: found = [], isError } = useQuery({
    queryKey: ['search', text],
    queryFn: ({ signal }) => fetchJson<Found[]>(`/api/search?q=${encodeURIComponent(text)}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const go = (href: string) => {
    close();
    router.push(href);
  };
  const letters = text.trim().toLowerCase();
  const pages = [
    ...PLACES,
    ...REVIEW_PLACES.filter((place) => place.href !== '/review').map((place) => ({
      href: place.href,
      label: `Review: ${place.label}`,
    })),
    ...SETTINGS_PLACES.filter((place) => place.href !== '/settings').map((place) => ({
      href: place.href,
      label: `Settings: ${place.label}`,
    })),
  ].filter((page) => page.label.toLowerCase().includes(letters));
  const themes = THEMES.filter((theme) => `theme: ${THEME_TITLES[theme]}`.toLowerCase().includes(letters));
  return (
    // The server already chose what fits; cmdk only moves through it.
    <Command shouldFilter={false} label="Find anything" loop>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Agent, contract, clause, tool, person, run or page"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-lg outline-none"
      />
      <Command.List className="max-h-[min(60vh,480px)] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-ink-2">
          {isError ? 'The search did not answer. Try again.' : `Nothing here is called “${text.trim()}”.`}
        </Command.Empty>
        {KINDS.map((kind) => {
          const of = found.filter((each) => each.kind === kind);
          const first = of[0];
          if (first === undefined) return null;
          const heading = HEADINGS[first.kind];
          return (
            <Group key={kind} heading={letters === '' ? `Latest ${heading.toLowerCase()}` : heading}>
              {of.slice(0, letters === '' ? 3 : SHOWN).map((each) => (
                <Row key={each.ref} value={`${kind} ${each.ref}`} onSelect={() => go(each.href)}>
                  <span className={`min-w-0 truncate ${kind === 'run' || kind === 'tool' ? 'code' : ''}`}>
                    {each.title}
                  </span>
                  <span className="max-w-[45%] flex-none truncate text-sm text-ink-3">{each.detail}</span>
                </Row>
              ))}
            </Group>
          );
        })}
        {pages.length === 0 ? null : (
          <Group heading="Pages">
            {pages.map((page) => (
              <Row key={page.href} value={page.href} onSelect={() => go(page.href)}>
                {page.label}
              </Row>
            ))}
          </Group>
        )}
        {themes.length === 0 ? null : (
          <Group heading="Appearance">
            {themes.map((theme) => (
              <Row
                key={theme}
                value={`theme ${theme}`}
                onSelect={() => {
                  applyTheme(theme);
                  close();
                }}
              >
                Theme: {THEME_TITLES[theme]}
              </Row>
            ))}
          </Group>
        )}
      </Command.List>
    </Command>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-2"
    >
      {children}
    </Command.Group>
  );
}

function Row({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-2.5 py-1.5 data-[selected=true]:bg-sunk"
    >
      {children}
    </Command.Item>
  );
}

/** The rail's field (a button in its clothes); `compact` is the phone's mark. */
export function OpenPalette({ compact = false }: { compact?: boolean }) {
  const open = useContext(OpenContext);
  if (compact)
    return (
      <button
        type="button"
        onClick={open}
        aria-label="Find anything"
        className="grid size-9 place-items-center rounded-md text-ink-2 hover:bg-sunk"
      >
        <svg
          viewBox="0 0 16 16"
          className="size-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          aria-hidden="true"
        >
          <circle cx="7" cy="7" r="4.5" />
          <path d="M10.5 10.5L14 14" />
        </svg>
      </button>
    );
  return (
    <button
      type="button"
      onClick={open}
      className="mb-2.5 flex w-full items-center justify-between rounded-md border border-line px-2 py-[6px] text-sm text-ink-3 hover:border-line-strong"
    >
      Find anything
      <span className="code">
        <Shortcut />
      </span>
    </button>
  );
}

const never = () => () => {};

/** As this machine's keyboard says it; the server does not know and writes the shorter. */
function Shortcut() {
  return useSyncExternalStore(
    never,
    () => (/mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'),
    () => '⌘K',
  );
}
