'use client';

import { Tooltip } from '@/components/ui/tooltip';
import { useDraft, useEditor } from './editor-context';

/** Who else has the draft open, and where. */
export function PeopleHere() {
  const { go, me } = useEditor();
  const present = useDraft((view) => view.present).filter((each) => each.personId !== me);
  if (present.length === 0) return null;
  return (
    <ul aria-label="Also here" className="flex flex-wrap items-center gap-1.5">
      {present.map(({ personId, name, clause }) => (
        <li key={personId}>
          <Tooltip content={clause === null ? `${name} has this open` : `${name} is at ${clause}`}>
            <button
              type="button"
              onClick={() => (clause === null ? undefined : go(clause))}
              className="inline-flex items-center gap-1.5 rounded-full border border-accent/30 bg-accent-soft px-2 py-px text-xs text-accent"
            >
              {name}
              {clause === null ? null : <span className="code max-w-40 truncate text-[11px]">{clause}</span>}
            </button>
          </Tooltip>
        </li>
      ))}
    </ul>
  );
}
