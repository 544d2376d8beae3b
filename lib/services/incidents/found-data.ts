import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { CATEGORY_OF } from '@/lib/scoring/detectors';
import { type Located, locate, nameOf } from '@/lib/scoring/locate';
import type { RunBreach } from '@/lib/services/runs/get-run';
import { recogniseStored, STORED_SPAN } from '@/lib/services/runs/span-rows';

/** What a detector found in a call, masked, and where. */
export interface FoundData extends Located {
  tool: string;
  /** Which side of the call it stands in. */
  part: 'arguments' | 'result';
  traceId: string;
  spanId: string;
}

const MOST_SPANS = 5;
const MOST = 20;

/**
 * What the contract's detectors find in the calls that broke a clause on data: of the categories the tool's entry does not
 * allow, at most 20 in the first five calls. Read from what is stored of them; the values themselves are not told.
 */
export async function foundData(
  workspaceId: string,
  contract: Contract,
  breaches: readonly RunBreach[],
): Promise<FoundData[]> {
  const places = new Map<string, { traceId: string; spanId: string }>();
  for (const { code, traceId, spanId } of breaches)
    if ((code === 'category-not-allowed' || code === 'forbidden') && traceId !== null && spanId !== null)
      places.set(`${traceId}/${spanId}`, { traceId, spanId });
  const found: FoundData[] = [];
  for (const { traceId, spanId } of [...places.values()].slice(0, MOST_SPANS)) {
    const { rows } = await db().query(
      `SELECT ${STORED_SPAN} FROM span s
        WHERE s.workspace_id = $1 AND s.trace_id = decode($2, 'hex') AND s.span_id = decode($3, 'hex')`,
      [workspaceId, traceId, spanId],
    );
    const tool = rows[0] === undefined ? null : recogniseStored(rows[0]).tool;
    if (tool === null) continue;
    const { detectors } = contract.risk;
    const allowed = (contract.tools[tool.name] ?? contract.tools['*'])?.categories ?? [];
    const wanted = detectors
      .map((detector) => CATEGORY_OF[detector])
      .filter((category) => !allowed.includes(category));
    for (const part of ['arguments', 'result'] as const)
      for (const one of locate(tool[part], detectors, wanted))
        found.push({
          ...one,
          document: one.document ?? nameOf(tool.arguments),
          tool: tool.name,
          part,
          traceId,
          spanId,
        });
  }
  return found.slice(0, MOST);
}
