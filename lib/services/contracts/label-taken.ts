import type { Pool } from 'pg';
import type { Issue } from '@/lib/errors';

/**
 * Two documents under one label could not be told apart by the people who speak of them: the fault, when a version of
 * the agent goes by this label already; null when none does.
 */
export async function labelTaken(
  client: Pick<Pool, 'query'>,
  agentId: string,
  label: string,
): Promise<Issue | null> {
  const { rows } = await client.query<{ number: number }>(
    `SELECT number FROM contract_version WHERE agent_id = $1 AND document #>> '{versioning,contract}' = $2
      ORDER BY number DESC LIMIT 1`,
    [agentId, label],
  );
  const taken = rows[0];
  if (taken === undefined) return null;
  return {
    path: 'versioning/contract',
    message: `Version ${taken.number} of this agent goes by "${label}" already, and this is another document.`,
    expected: 'a label that no version of the agent has',
  };
}
