import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { applyEdits } from '@/lib/contract/edit-source';
import type { Edit } from '@/lib/contract/edit-value';
import { printContract } from '@/lib/contract/print';
import { getContract } from '@/lib/services/contracts/get-contract';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { agentForNewContract, type NewContract, newContractSchema } from './new-contract';

export const copyVersionSchema = newContractSchema.extend({
  /** An agent's name. */
  from: z.string().min(1).max(200),
  version: z.coerce.number().int().positive(),
});

/**
 * A draft for another agent from the text of a version: name, agent and business unit are the new ones, and what
 * belonged to the other agent alone (its aliases, identity and version number) starts afresh.
 */
export async function copyVersion(
  actor: Actor,
  input: z.output<typeof copyVersionSchema>,
  today: string,
): Promise<{ id: string }> {
  const detail = await getContract(actor, input.from, input.version);
  const agentId = await agentForNewContract(actor, input.agent);
  const source = detail.sourceFormat === 'yaml' ? detail.source : printContract(detail.contract);
  return createDraft(actor, {
    subject: 'agent',
    agentId,
    source: applyEdits(source, rename(input, today, detail.contract.identity.aliases.length > 0)),
    origin: 'version',
  });
}

function rename(to: NewContract, today: string, hasAliases: boolean): Edit[] {
  const set = (path: string[], value: string): Edit => ({ op: 'set', path, value });
  return [
    set(['identity', 'name'], to.name),
    set(['identity', 'agent'], to.agent),
    set(['identity', 'businessUnit'], to.businessUnit),
    set(['identity', 'principal'], `svc-${to.agent}`),
    ...(hasAliases ? [{ op: 'remove' as const, path: ['identity', 'aliases'] }] : []),
    set(['identity', 'delegation', 'on'], today),
    set(['versioning', 'contract'], '1.0'),
    set(['versioning', 'code'], `${to.agent}@1.0.0`),
    set(['versioning', 'lastReviewed'], today),
  ];
}
