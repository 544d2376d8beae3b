import type { PoolClient } from 'pg';
import { type Parsed, parseContract, type SourceFormat } from '@/lib/contract/parse';
import { AppError } from '@/lib/errors';
import { type CurrentDefaults, currentDefaults } from './current-defaults';

/** A text read as a contract of this workspace: one that extends the defaults is completed with those that hold now. */
export async function parseText(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  text: { source: string; format: SourceFormat },
): Promise<{ parsed: Parsed; defaults: CurrentDefaults | null }> {
  const defaults = await currentDefaults(client, workspaceId);
  return { parsed: parseContract(text.source, text.format, defaults?.contract), defaults };
}

/** The contract that was read. Throws `invalid_contract` with each fault of a text that is none. */
export function readable(parsed: Parsed): Extract<Parsed, { ok: true }> {
  if (parsed.ok) return parsed;
  const { issues } = parsed;
  throw new AppError(
    'invalid_contract',
    issues.length === 1 ? 'The contract has a fault.' : `The contract has ${issues.length} faults.`,
    { issues },
  );
}
