import { z } from 'zod';
import { applyEdits } from '@/lib/contract/edit-source';
import type { Contract } from '@/lib/contract/schema';
import { type ProposedFilter, proposeFilter } from '@/lib/response/propose-filter';
import type { Queries } from '@/lib/services/gates/rows';

const spanSchema = z.object({ tool: z.string(), categories: z.array(z.string()) });

/** What a contract could say so that what opened the incident were no breach; null where there is nothing ready to offer. */
export async function proposalFor(
  client: Queries,
  workspaceId: string,
  incidentId: string,
  contract: Contract,
): Promise<ProposedFilter | null> {
  const { rows } = await client.query(
    `SELECT s.tool, s.categories FROM incident_run r
       JOIN breach b ON b.run_id = r.run_id AND b.code = 'category-not-allowed'
       JOIN span s ON s.workspace_id = b.workspace_id AND s.trace_id = b.trace_id AND s.span_id = b.span_id
      WHERE r.workspace_id = $1 AND r.incident_id = $2 AND s.tool IS NOT NULL ORDER BY b.happened_at LIMIT 20`,
    [workspaceId, incidentId],
  );
  const spans = z.array(spanSchema).parse(rows);
  const [first] = spans;
  if (first === undefined) return null;
  return proposeFilter(contract, {
    tool: first.tool,
    touched: spans.filter((span) => span.tool === first.tool).flatMap((span) => span.categories),
  });
}

/** A draft's text with the proposal in it; comments and order stay. */
export function withProposal(source: string, contract: Contract, { entry, filter }: ProposedFilter): string {
  const filters = contract.tools[entry]?.filter ?? [];
  return applyEdits(source, [{ op: 'set', path: ['tools', entry, 'filter'], value: [...filters, filter] }]);
}
