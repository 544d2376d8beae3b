import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';

/** Somebody a contract names: by e-mail there, by name here when the workspace knows them. */
export interface NamedPerson {
  email: string;
  /** Null when nobody of the workspace has this address: a page to them would reach no one here. */
  name: string | null;
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
  const { rows } = await db().query<{ email: string; name: string }>(
    `SELECT p.email, p.name FROM person p JOIN membership m ON m.person_id = p.id
      WHERE m.workspace_id = $1 AND p.email = ANY($2)`,
    [workspaceId, emails],
  );
  const names = new Map(rows.map((row) => [row.email, row.name]));
  const person = (email: string): NamedPerson => ({ email, name: names.get(email.toLowerCase()) ?? null });
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
