import { db } from '@/lib/db/pool';
import { touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { emptyFacts } from '@/lib/decision/run-facts';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { readSwitches, stoppedBy } from '@/lib/services/kill-switches/switches-on';
import { ladderOf, lowered } from '@/lib/services/ladder/standing';
import type { PlaneReport } from './planes';

/** So many tools of the contract are asked about. */
const MOST_PROBES = 5;

/**
 * What this plane would answer to the agent now: the version that decides here and its answers to calls that nobody makes,
 * evaluated with what the decision desk of this process has in its memory. Nothing is stored of them.
 */
export async function probeAgent(workspaceId: string, agentId: string): Promise<PlaneReport['detail']> {
  await readSwitches();
  const contract = await contractInForce(workspaceId, agentId);
  const { rows } = await db().query<{ unit: string | null }>(
    'SELECT business_unit AS unit FROM agent WHERE workspace_id = $1 AND id = $2',
    [workspaceId, agentId],
  );
  if (contract === null) return {};
  const { compiled } = contract;
  const taken = ladderOf(agentId);
  const state = {
    ...emptyFacts(),
    status: 'running' as const,
    killSwitch: stoppedBy(workspaceId, { id: agentId, businessUnit: rows[0]?.unit ?? null }),
    held: taken.held,
    authorityLevel: lowered(contract.contract.authority.level, taken),
    agentDayCostUsd: 0,
    agentMonthCostUsd: 0,
  };
  const listed = Object.keys(contract.contract.tools).filter((tool) => tool !== '*');
  const tools = listed.length === 0 ? ['countersign.probe'] : listed.slice(0, MOST_PROBES);
  return {
    version: contract.number,
    probes: tools.map((tool) => {
      const { lane, findings } = evaluate(compiled, state, {
        tool,
        arguments: {},
        categories: touchedCategories(compiled, tool, []),
        at: Date.now(),
      });
      return { tool, lane, byKillSwitch: findings.some(({ code }) => code === 'kill-switch') };
    }),
  };
}
