'use client';

import { FORM } from '@/lib/contract/form-model';
import type { DraftReading } from '@/lib/contract/read-draft';
import type { SectionKey } from '@/lib/contract/schema';
import { plural } from '@/lib/format';
import { useDraft, useEditor } from './editor-context';

/** The twelve sections with how far each has come. On a phone a line that scrolls sideways. */
export function SectionList({ current, onGo }: { current: SectionKey; onGo: (section: SectionKey) => void }) {
  const sections = useDraft((view) => view.reading.sections);
  const { me } = useEditor();
  const present = useDraft((view) => view.present);
  return (
    <nav
      aria-label="Sections"
      className="relative flex gap-1 overflow-x-auto pb-1 whitespace-nowrap md:sticky md:top-5 md:max-h-[calc(100dvh-40px)] md:flex-col md:gap-0.5 md:self-start md:overflow-y-auto"
    >
      {FORM.map(({ key, number, title }) => {
        const here = present.filter(
          (each) => each.personId !== me && each.clause !== null && sectionOfClause(each.clause) === key,
        );
        return (
          <button
            key={key}
            type="button"
            aria-current={key === current ? 'true' : undefined}
            onClick={() => onGo(key)}
            className="flex flex-none items-center justify-between gap-2 rounded-md px-2 py-1.5 text-left text-sm text-ink-2 hover:text-ink focus-visible:-outline-offset-2 aria-[current]:bg-sunk aria-[current]:font-medium aria-[current]:text-ink"
          >
            <span>
              <span className="inline-block w-5 text-ink-3">{number}</span>
              {title}
            </span>
            <span className="flex items-center gap-1.5">
              {here.map((each) => (
                <span
                  key={each.personId}
                  title={`${each.name} is here`}
                  className="grid size-4 place-items-center rounded-full bg-accent-soft text-[10px] leading-none font-medium text-accent"
                >
                  {each.name.charAt(0)}
                  <span className="sr-only">, {each.name} is here</span>
                </span>
              ))}
              <Progress state={sections.find((each) => each.key === key)} />
            </span>
          </button>
        );
      })}
    </nav>
  );
}

function sectionOfClause(clause: string): string {
  const first = clause.split('/', 1)[0] ?? '';
  return first === 'data' ? 'tools' : first;
}

function Progress({ state }: { state: DraftReading['sections'][number] | undefined }) {
  if (state === undefined) return null;
  if (state.errors > 0) return <span className="text-xs text-critical">{plural(state.errors, 'error')}</span>;
  if (state.todo > 0) return <span className="text-xs text-medium">{state.todo} to do</span>;
  if (state.warnings > 0)
    return <span className="text-xs text-medium">{plural(state.warnings, 'warning')}</span>;
  if (state.empty) return <span className="text-xs text-ink-3">none</span>;
  return (
    <svg
      viewBox="0 0 12 12"
      className="size-3 text-low"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      role="img"
      aria-label="complete"
    >
      <path d="M2 6.5L5 9.5L10 3" />
    </svg>
  );
}
