import Link from 'next/link';
import type { NamedPerson } from '@/lib/services/agents/owners';

/** By name; of a schedule who is on call there now; an address nobody here has is shown as such. */
export function Named({ person }: { person: NamedPerson }) {
  if (person.name === null)
    return (
      <span className="text-ink-2" title="Nobody in this workspace has this address">
        {person.email}
      </span>
    );
  if (person.schedule === undefined) return <span title={person.email}>{person.name}</span>;
  const { id, onCall } = person.schedule;
  return (
    <span title={person.email}>
      <Link href={`/on-call/${id}`}>{person.name}</Link>
      {onCall === null ? (
        <span className="text-critical"> (nobody on call now)</span>
      ) : (
        <span className="text-ink-2"> ({onCall} now)</span>
      )}
    </span>
  );
}
