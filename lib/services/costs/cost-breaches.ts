import { z } from 'zod';
import type { Band } from '@/lib/contract/schema';
import { BANDS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import type { OnCostBreach } from '@/lib/decision/types';
import { CEILING_CODES, ceilingResponse } from '@/lib/scoring/severity';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';

/** What really followed a broken ceiling, with when. */
export interface CarriedOut {
  paused: string | null;
  paged: string | null;
  warned: string | null;
}

export interface CostBreach {
  id: string;
  run: { id: string; key: string };
  clause: string;
  code: string;
  severity: Band;
  message: string;
  happenedAt: string;
  /** What the contract of the run asks for; null when its version cannot be read any more. */
  asked: OnCostBreach | null;
  did: CarriedOut;
  /** False: what was asked for did not happen, at least not yet. */
  carriedOut: boolean;
  incident: { number: number; state: string } | null;
}

const SHOWN = 50;

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    run_id: z.string(),
    run_key: z.string(),
    clause: z.string(),
    code: z.string(),
    severity: z.enum(BANDS),
    message: z.string(),
    happened_at: z.date(),
    version_id: z.string().nullable(),
    paused_at: z.date().nullable(),
    paged_at: z.date().nullable(),
    warned_at: z.date().nullable(),
    number: z.number().nullable(),
    state: z.string().nullable(),
  }),
);

/** The ceilings an agent broke since a moment, the newest first, and what followed each. The caller has authorized it. */
export async function costBreaches(
  workspaceId: string,
  agentId: string,
  since: Date,
): Promise<{ shown: CostBreach[]; total: number }> {
  const [{ rows }, counted] = await Promise.all([
    db().query(
      `SELECT b.id, r.id AS run_id, r.key AS run_key, b.clause, b.code, b.severity, b.message, b.happened_at,
              b.contract_version_id AS version_id, i.paused_at, i.number, i.state,
              (SELECT min(p.ended_at) FROM page p WHERE p.incident_id = i.id AND p.state = 'sent') AS paged_at,
              (SELECT min(e.at) FROM audit_entry e WHERE e.workspace_id = $1 AND e.subject = 'run:' || r.id
                  AND e.action = 'run.warned') AS warned_at
         FROM (SELECT * FROM breach WHERE agent_id = $2 AND happened_at >= $3 AND code = ANY($4::text[])
                ORDER BY happened_at DESC, id DESC LIMIT ${SHOWN}) b
         JOIN run r ON r.id = b.run_id
         LEFT JOIN LATERAL (SELECT n.id, n.number, n.state, ir.paused_at FROM incident_run ir
             JOIN incident n ON n.id = ir.incident_id WHERE ir.run_id = b.run_id
            ORDER BY ir.paused_at NULLS LAST, ir.joined_at DESC LIMIT 1) i ON true
        ORDER BY b.happened_at DESC, b.id DESC`,
      [workspaceId, agentId, since, CEILING_CODES],
    ),
    db().query<{ count: number }>(
      'SELECT count(*)::int AS count FROM breach WHERE agent_id = $1 AND happened_at >= $2 AND code = ANY($3::text[])',
      [agentId, since, CEILING_CODES],
    ),
  ]);
  const shown = await Promise.all(
    rowsSchema.parse(rows).map(async (row): Promise<CostBreach> => {
      const asked =
        row.version_id === null
          ? null
          : ceilingResponse(row.code, (await contractVersion(row.version_id)).contract);
      const did = { paused: iso(row.paused_at), paged: iso(row.paged_at), warned: iso(row.warned_at) };
      return {
        id: row.id,
        run: { id: row.run_id, key: row.run_key },
        clause: row.clause,
        code: row.code,
        severity: row.severity,
        message: row.message,
        happenedAt: row.happened_at.toISOString(),
        asked,
        did,
        carriedOut: isCarriedOut(asked, did),
        incident: row.number === null || row.state === null ? null : { number: row.number, state: row.state },
      };
    }),
  );
  return { shown, total: counted.rows[0]?.count ?? 0 };
}

/** What is asked for, or more. The breach itself is the record that `log` asks for. */
function isCarriedOut(asked: OnCostBreach | null, { paused, paged, warned }: CarriedOut): boolean {
  switch (asked) {
    case null:
    case 'log':
      return true;
    case 'pause':
      return paused !== null;
    case 'page':
      return paged !== null;
    case 'warn':
      return warned !== null || paged !== null || paused !== null;
  }
}

const iso = (at: Date | null) => at?.toISOString() ?? null;
