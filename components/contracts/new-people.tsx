'use client';

import { Select } from '@/components/ui/field';
import { ROLE_TITLES, type Role } from '@/lib/auth/roles';
import type { TemplatePerson } from '@/lib/contract/templates/template';

/** Somebody who can be named in a contract. */
export interface Nameable {
  email: string;
  name: string;
  jobTitle: string | null;
  roles: readonly Role[];
  /** Whoever writes the contract. */
  you: boolean;
}

/** What each person of a contract is called, for whom it is, and the role that usually has it. */
const SEATS: readonly { name: TemplatePerson; label: string; hint: string; role: Role }[] = [
  { name: 'owner', label: 'Owner', hint: 'Answers for the agent.', role: 'sponsor' },
  { name: 'delegatedBy', label: 'Delegated by', hint: 'Gave it its authority.', role: 'head-of-ai' },
  { name: 'sponsor', label: 'Sponsor', hint: 'The business it works for.', role: 'sponsor' },
  { name: 'engineeringLead', label: 'Engineering lead', hint: 'Builds it.', role: 'engineer' },
  { name: 'qa', label: 'QA', hint: 'Tests it.', role: 'qa' },
  { name: 'grc', label: 'GRC', hint: 'Reviews its risk.', role: 'grc' },
  { name: 'operator', label: 'Operator', hint: 'Is paged first.', role: 'operator' },
  { name: 'sre', label: 'SRE', hint: 'Is told next.', role: 'sre' },
];

/** Seats a writer may well have: GRC and the operator do not sign what they wrote themselves. */
const WRITERS_SEATS: ReadonlySet<TemplatePerson> = new Set(['owner', 'sponsor', 'engineeringLead']);

/** Whom a seat is offered to: the writer who has its role, else the only one who has; otherwise somebody must choose. */
function offered(seat: TemplatePerson, fitting: readonly Nameable[]): string {
  const writer = WRITERS_SEATS.has(seat) ? fitting.find((person) => person.you) : undefined;
  return (writer ?? (fitting.length === 1 ? fitting[0] : undefined))?.email ?? '';
}

/** One choice for each person a contract names; who has the usual role stands first. Nobody is a choice too. */
export function PeopleFields({ people }: { people: readonly Nameable[] }) {
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-medium">
        People{' '}
        <span className="font-normal text-ink-2">Whoever is not known yet can be named in the draft.</span>
      </legend>
      <div className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        {SEATS.map((seat) => {
          const fitting = people.filter((person) => person.roles.includes(seat.role));
          const others = people.filter((person) => !person.roles.includes(seat.role));
          return (
            <Select
              key={seat.name}
              name={seat.name}
              label={seat.label}
              hint={seat.hint}
              defaultValue={offered(seat.name, fitting)}
            >
              <option value="">Nobody yet</option>
              {fitting.length === 0 ? null : (
                <optgroup label={ROLE_TITLES[seat.role]}>
                  <Options people={fitting} />
                </optgroup>
              )}
              {others.length === 0 ? null : (
                <optgroup label="Others">
                  <Options people={others} />
                </optgroup>
              )}
            </Select>
          );
        })}
      </div>
    </fieldset>
  );
}

function Options({ people }: { people: readonly Nameable[] }) {
  return people.map((person) => (
    <option key={person.email} value={person.email}>
      {person.jobTitle === null ? person.name : `${person.name}, ${person.jobTitle}`}
    </option>
  ));
}
