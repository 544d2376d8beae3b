import type { NamedPerson } from '@/lib/services/agents/owners';

/** By name; an address nobody here has is shown as such. */
export function Named({ person }: { person: NamedPerson }) {
  if (person.name !== null) return <span title={person.email}>{person.name}</span>;
  return (
    <span className="text-ink-2" title="Nobody in this workspace has this address">
      {person.email}
    </span>
  );
}
