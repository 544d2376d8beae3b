import type { Contract } from './schema';

/** Every person a contract names, by lower-case e-mail address, each once. */
export function contractEmails({ identity, ownership }: Contract): string[] {
  const named = [
    identity.owner,
    identity.delegation.by,
    ownership.sponsor,
    ownership.engineeringLead,
    ownership.qa,
    ownership.grc,
    ownership.operator,
    ownership.sre,
    ...ownership.stakeholders,
    ...ownership.escalation.map((step) => step.to),
  ];
  return [...new Set(named.map((email) => email.toLowerCase()))];
}
