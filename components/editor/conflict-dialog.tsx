'use client';

import * as Radix from '@radix-ui/react-dialog';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import type { Conflict, Side } from '@/lib/contract/merge-drafts';
import { plural } from '@/lib/format';
import { useDraft, useEditor } from './editor-context';

/** Two people changed the same differently: shows both and asks, clause by clause. Nothing is kept or lost before. */
export function ConflictDialog() {
  const { store } = useEditor();
  const contested = useDraft((view) => view.contested);
  const marks = useDraft((view) => view.marks);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Side>>(new Map());
  const [busy, setBusy] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another conflict is another question
  useEffect(() => setChosen(new Map()), [contested]);

  if (contested === null) return null;
  const { conflicts } = contested;
  const whose = (clause: string) =>
    [...marks].find(([marked]) => marked === clause || marked.startsWith(`${clause}/`))?.[1].by ??
    'Somebody else';
  const ready = conflicts.every(({ clause }) => chosen.has(clause));
  const all = (side: Side) => setChosen(new Map(conflicts.map(({ clause }) => [clause, side])));
  return (
    <Radix.Root open>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Radix.Content className="fixed inset-x-4 top-[max(16px,8vh)] z-50 mx-auto flex max-h-[84dvh] max-w-3xl animate-rise-in flex-col rounded-lg border border-line bg-sheet shadow-float">
          <div className="border-b border-line px-5 py-4">
            <Radix.Title className="text-lg font-semibold">
              {conflicts[0]?.clause === ''
                ? 'The draft was changed meanwhile'
                : `You and ${others(conflicts, whose)} changed ${plural(conflicts.length, 'clause')} differently`}
            </Radix.Title>
            <Radix.Description className="mt-1 text-ink-2">
              {conflicts[0]?.clause === ''
                ? 'One of the two texts cannot be read as YAML, so they cannot be brought together by clause. Choose which to go on with; the other stays in reach: yours by undo, theirs in the history of the draft.'
                : 'Everything else of both is kept. Say what holds here.'}
            </Radix.Description>
          </div>
          <ul className="min-h-0 flex-1 divide-y divide-line overflow-y-auto">
            {conflicts.map((conflict) => (
              <li key={conflict.clause} className="grid gap-2 px-5 py-4">
                <ConflictChoice
                  conflict={conflict}
                  theirName={whose(conflict.clause)}
                  chosen={chosen.get(conflict.clause)}
                  onChoose={(side) => setChosen(new Map([...chosen, [conflict.clause, side]]))}
                />
              </li>
            ))}
          </ul>
          <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-5 py-3">
            <div className="flex gap-2">
              <Button size="small" onClick={() => all('mine')}>
                All mine
              </Button>
              <Button size="small" onClick={() => all('theirs')}>
                All theirs
              </Button>
            </div>
            <Button
              variant="primary"
              disabled={!ready}
              pending={busy}
              onClick={async () => {
                setBusy(true);
                await store.resolve(chosen);
                setBusy(false);
              }}
            >
              Go on with these
            </Button>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The one who changed them all, or somebody else. */
function others(conflicts: readonly Conflict[], whose: (clause: string) => string): string {
  const names = new Set(conflicts.map(({ clause }) => whose(clause)));
  const [only] = names;
  return names.size === 1 && only !== undefined && only !== 'Somebody else' ? only : 'somebody else';
}

function ConflictChoice({
  conflict,
  theirName,
  chosen,
  onChoose,
}: {
  conflict: Conflict;
  theirName: string;
  chosen: Side | undefined;
  onChoose: (side: Side) => void;
}) {
  const name = conflict.clause === '' ? 'text' : conflict.clause;
  return (
    <fieldset className="grid gap-2">
      <legend className="code mb-2 [overflow-wrap:anywhere]">
        {conflict.clause === '' ? 'The whole text' : conflict.clause}
      </legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {(['mine', 'theirs'] as const).map((side) => (
          <label
            key={side}
            className={`grid min-w-0 cursor-pointer content-start gap-1 rounded-md border p-2.5 ${chosen === side ? 'border-accent bg-accent-soft' : 'border-line'}`}
          >
            <span className="flex items-center gap-2 text-sm font-medium">
              <input
                type="radio"
                name={`conflict-${name}`}
                checked={chosen === side}
                onChange={() => onChoose(side)}
                className="size-4 accent-(--accent)"
              />
              {side === 'mine' ? 'Yours' : theirName}
            </span>
            <pre className="code max-h-48 overflow-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
              {shown(conflict[side])}
            </pre>
          </label>
        ))}
      </div>
      {conflict.base === undefined || conflict.clause === '' ? null : (
        <p className="text-sm text-ink-2">
          Before: <span className="code">{shown(conflict.base)}</span>
        </p>
      )}
    </fieldset>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'removed';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}
