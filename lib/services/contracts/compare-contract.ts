import type { Actor } from '@/lib/auth/actor';
import type { Route } from '@/lib/contract/change-row';
import { type Change, diffContracts } from '@/lib/contract/diff';
import type { SourceFormat } from '@/lib/contract/parse';
import { routeOf } from '@/lib/contract/route';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { getContract } from './get-contract';
import { parseText } from './parse-text';

export interface ComparedContract {
  agent: string;
  from: { number: number; label: string; digest: string };
  /** Null for a text that is no version. */
  to: { number: number; label: string; digest: string } | null;
  changes: Change[];
  /** Null when nothing changed. */
  route: Route | null;
}

/** The changes from one version of a contract (the one in force unless a number is given) to another. */
export async function diffVersions(
  actor: Actor,
  agent: string,
  from: number | undefined,
  to: number,
): Promise<ComparedContract> {
  const [before, after] = await Promise.all([getContract(actor, agent, from), getContract(actor, agent, to)]);
  return compared(before, after.contract, after.version);
}

/** The changes from a version to a text that is none yet. Throws `invalid_contract` with the text's faults. */
export async function diffToText(
  actor: Actor,
  agent: string,
  from: number | undefined,
  text: { source: string; format: SourceFormat },
): Promise<ComparedContract> {
  const before = await getContract(actor, agent, from);
  const { parsed } = await parseText(db(), actor.workspaceId, text);
  if (!parsed.ok)
    throw new AppError('invalid_contract', 'The text is no contract yet, so it cannot be compared.', {
      issues: parsed.issues,
    });
  return compared(before, parsed.contract, null);
}

type Loaded = Awaited<ReturnType<typeof getContract>>;

function compared(before: Loaded, after: Contract, to: Loaded['version'] | null): ComparedContract {
  const changes = diffContracts(before.contract, after);
  const named = ({ number, label, digest }: Loaded['version']) => ({ number, label, digest });
  return {
    agent: after.identity.agent,
    from: named(before.version),
    to: to === null ? null : named(to),
    changes,
    route: routeOf(changes).route,
  };
}
