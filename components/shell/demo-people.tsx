'use client';

import type { Role } from '@/lib/auth/roles';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { useActAs } from './use-act-as';

export interface DemoPerson {
  personId: string;
  name: string;
  roles: readonly Role[];
}

/** The demo's people, one click each; the page stays and shows what this person may do. */
export function DemoPeople({ people, current }: { people: readonly DemoPerson[]; current: string }) {
  const { actAs, pending } = useActAs();
  return (
    <section aria-label="Act as" className="mb-2 rounded-md border border-line px-1 py-1.5">
      <p className="px-1.5 pb-1 text-xs text-ink-2">Demo: act as</p>
      <ul aria-busy={pending !== null}>
        {people.map((person) => (
          <li key={person.personId}>
            <button
              type="button"
              aria-pressed={person.personId === current}
              disabled={pending !== null}
              onClick={() => actAs(person.personId)}
              className="flex w-full items-baseline justify-between gap-2 rounded-sm px-1.5 py-[3px] text-left text-xs hover:bg-sunk aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
            >
              <span className="truncate">{person.name}</span>
              <span className={`flex-none ${person.personId === current ? '' : 'text-ink-3'}`}>
                {shortRole(person.roles)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function shortRole(roles: readonly Role[]): string {
  const [first] = roles;
  return first === undefined ? '' : first === 'engineer' ? 'Engineer' : ROLE_TITLES[first];
}
