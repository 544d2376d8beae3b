import type { Actor } from '@/lib/auth/actor';
import type { Observed } from '@/lib/contract/observed';
import { type Proposals, propose } from '@/lib/contract/propose';
import type { Contract } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { listDecidedTools } from '@/lib/services/catalogue/list-decided-tools';
import { type ContractDetail, getContract } from '@/lib/services/contracts/get-contract';
import { observeAgent } from './observe-agent';

/** Proposals with a mark of each: taking one names its mark, so that nothing else than what was read is taken. */
export interface ProposedContract {
  agent: { id: string; name: string; displayName: string; businessUnit: string | null };
  observed: Observed;
  proposals: (Proposals['proposals'][number] & { mark: string })[];
  notes: string[];
  /** The agent's own contract, which the proposals would change; null when it has none and one is begun. */
  base: ContractDetail | null;
}

/** What an agent's runs up to `asOf` propose for its contract. Throws `not_found`. */
export async function proposeContract(actor: Actor, name: string, asOf: Date): Promise<ProposedContract> {
  const { agent, observed } = await observeAgent(actor, name, asOf);
  const [base, decided] = await Promise.all([ownContract(actor, name), listDecidedTools(actor)]);
  // Of two servers' tools of one name the catalogue cannot say which one the agent called.
  const byName = new Map<string, (typeof decided)[number] | null>();
  for (const tool of decided) byName.set(tool.name, byName.has(tool.name) ? null : tool);
  const known = Object.fromEntries(
    [...byName.values()].flatMap((tool) => (tool === null ? [] : [[tool.name, tool.tool]])),
  );
  const contract: Contract | null = base?.contract ?? null;
  const { proposals, notes } = propose(observed, contract, known);
  return {
    agent,
    observed,
    base,
    notes,
    proposals: proposals.map((each) => ({
      ...each,
      mark: `${each.id} ${digestOf(each.edits).slice(0, 12)}`,
    })),
  };
}

async function ownContract(actor: Actor, name: string): Promise<ContractDetail | null> {
  try {
    const detail = await getContract(actor, name);
    return detail.inherited ? null : detail;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}
