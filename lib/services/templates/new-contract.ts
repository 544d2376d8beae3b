import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { RESERVED_AGENTS } from '@/lib/contract/check';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

/** What every contract that is new for its agent is asked. */
export const newContractSchema = z.object({
  name: z.string().trim().min(1, 'What do people call the agent?').max(200, 'At most 200 characters.'),
  agent: z
    .string()
    .trim()
    .min(1, 'Under which name does it send telemetry?')
    .max(64, 'At most 64 characters.')
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'Use lower-case letters, digits and hyphens.')
    .refine((agent) => !RESERVED_AGENTS.has(agent) && agent !== DEFAULTS_AGENT, {
      error: 'This name is taken by the product itself.',
    }),
  businessUnit: z.string().trim().min(1, 'Whose agent is it?').max(200, 'At most 200 characters.'),
});
export type NewContract = z.output<typeof newContractSchema>;

/**
 * The id of the agent a new contract is for; null when nothing was heard of it yet. Throws `invalid`, at `agent`, when
 * it has a contract already: that is where its next version starts.
 */
export async function agentForNewContract(actor: Actor, name: string): Promise<string | null> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.write', { workspaceId });
  const { rows } = await db().query<{ id: string; displayName: string; written: boolean }>(
    `SELECT a.id, a.display_name AS "displayName",
            EXISTS (SELECT FROM contract_version v WHERE v.workspace_id = a.workspace_id AND v.agent_id = a.id) AS written
       FROM agent a WHERE a.workspace_id = $1 AND a.name = $2`,
    [workspaceId, name],
  );
  const found = rows[0];
  if (found?.written === true)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: [
        {
          path: 'agent',
          message: `${found.displayName} has a contract already. Start from that contract, or give another name.`,
        },
      ],
    });
  return found?.id ?? null;
}

/** The name a template suggests, or with the first number behind it that no agent with a contract has: "claims-processor-2". */
export async function freeAgentName(actor: Actor, wanted: string): Promise<string> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ name: string }>(
    `SELECT a.name FROM agent a
      WHERE a.workspace_id = $1 AND (a.name = $2 OR starts_with(a.name, $2 || '-'))
        AND EXISTS (SELECT FROM contract_version v WHERE v.workspace_id = a.workspace_id AND v.agent_id = a.id)`,
    [actor.workspaceId, wanted],
  );
  const taken = new Set(rows.map((row) => row.name));
  let free = wanted;
  for (let number = 2; taken.has(free); number += 1) free = `${wanted}-${number}`;
  return free;
}

/** The business units this workspace's agents belong to, by name. */
export async function businessUnits(actor: Actor): Promise<string[]> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ unit: string }>(
    `SELECT DISTINCT business_unit AS unit FROM agent
      WHERE workspace_id = $1 AND business_unit IS NOT NULL AND business_unit <> '' ORDER BY 1 LIMIT 200`,
    [actor.workspaceId],
  );
  return rows.map((row) => row.unit);
}
