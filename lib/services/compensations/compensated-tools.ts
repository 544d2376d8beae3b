import type { Contract } from '@/lib/contract/schema';
import { undoingOf } from '@/lib/response/undo-ledger';

const known = new WeakMap<Contract, readonly string[] | null>();

/** Tools whose calls a contract lets another tool undo, and those other tools. Null: any tool may be one. */
export function compensatedTools(contract: Contract): readonly string[] | null {
  const before = known.get(contract);
  if (before !== undefined) return before;
  const found = find(contract);
  known.set(contract, found);
  return found;
}

function find(contract: Contract): readonly string[] | null {
  if ((undoingOf(contract, '*')?.by ?? null) !== null) return null;
  const tools = new Set([
    ...Object.keys(contract.tools),
    ...contract.failure.compensations.map(({ tool }) => tool),
  ]);
  const found = [...tools].flatMap((tool) => {
    const by = undoingOf(contract, tool)?.by ?? null;
    return by === null ? [] : [tool, by];
  });
  return [...new Set(found)];
}
