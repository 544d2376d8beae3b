import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type ContractInput, toolSchema } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';

/** A tool of the catalogue that a person has classified, as a contract would list it. */
export interface DecidedTool {
  server: string;
  name: string;
  description: string | null;
  tool: ContractInput['tools'][string];
  /** The source no longer lists it. */
  missing: boolean;
}

const entrySchema = z.custom<ContractInput['tools'][string]>((value) => toolSchema.safeParse(value).success);

/** Every classified tool, by server and name: for contracts that are being written. */
export async function listDecidedTools(actor: Actor): Promise<DecidedTool[]> {
  const { workspaceId } = actor;
  authorize(actor, 'catalogue.read', { workspaceId });
  const { rows } = await db().query<{
    server: string;
    name: string;
    description: string | null;
    decision: unknown;
    missing: boolean;
  }>(
    `SELECT server, name, description, decision, missing_since IS NOT NULL AS missing FROM catalogue_tool
      WHERE workspace_id = $1 AND decision IS NOT NULL ORDER BY server, name LIMIT 2000`,
    [workspaceId],
  );
  return rows.flatMap(({ decision, ...row }) => {
    const entry = entrySchema.safeParse(decision);
    return entry.success ? [{ ...row, tool: entry.data }] : [];
  });
}
