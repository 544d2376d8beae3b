import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { nameAddresses } from '@/lib/services/on-call/name-addresses';
import { resolveOnCall } from '@/lib/services/on-call/resolve';

/** Somebody a contract names: by e-mail there, by name here when the workspace knows them. */
export interface NamedPerson {
  email: string;
  /** The person's or the schedule's; null when nobody of the workspace has this address: a page to it would reach no one here. */
  name: string | null;
  /** When it is a schedule's address: who is on call there now. */
  schedule?: { id: string; onCall: string | null };
}

export interface Owners {
  owner: NamedPerson;
  sponsor: NamedPerson;
  engineeringLead: NamedPerson;
  qa: NamedPerson;
  grc: NamedPerson;
  operator: NamedPerson;
  sre: NamedPerson;
  escalation: { to: NamedPerson; afterMinutes: number }[];
}

/** The people a contract names, with the names the workspace knows them by. */
export async function ownersOf(workspaceId: string, contract: Contract): Promise<Owners> {
  const { identity, ownership } = contract;
  const emails = [
    identity.owner,
    ownership.sponsor,
    ownership.engineeringLead,
    ownership.qa,
    ownership.grc,
    ownership.operator,
    ownership.sre,
    ...ownership.escalation.map((step) => step.to),
  ].map((email) => email.toLowerCase());
  const names = await nameAddresses(db(), workspaceId, emails);
  const onCall = new Map<string, string | null>();
  const now = new Date();
  for (const [address, { scheduleId }] of names)
    if (scheduleId !== null)
      onCall.set(address, (await resolveOnCall(db(), workspaceId, address, now)).people[0]?.name ?? null);
  const person = (email: string): NamedPerson => {
    const found = names.get(email.toLowerCase());
    const known = { email, name: found?.name ?? null };
    if (found === undefined || found.scheduleId === null) return known;
    return {
      ...known,
      schedule: { id: found.scheduleId, onCall: onCall.get(email.toLowerCase()) ?? null },
    };
  };
  return {
    owner: person(identity.owner),
    sponsor: person(ownership.sponsor),
    engineeringLead: person(ownership.engineeringLead),
    qa: person(ownership.qa),
    grc: person(ownership.grc),
    operator: person(ownership.operator),
    sre: person(ownership.sre),
    escalation: ownership.escalation.map((step) => ({
      to: person(step.to),
      afterMinutes: step.afterMinutes,
    })),
  };
}
