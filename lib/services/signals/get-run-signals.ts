import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { criterionClause, SIGNAL_FAMILIES, signalsOfRun } from '@/lib/scoring/criteria';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { SIGNAL_COLUMNS, SIGNAL_FROM, type SignalRow, seenBy, toSignalRows } from './signal-row';

export interface RunSignals {
  agent: string;
  /** The newest 200. */
  rows: SignalRow[];
  total: number;
  /** What criteria make of all of them, in the order of the contract: what counts in the run's quality. */
  measured: {
    clause: string;
    statement: string;
    value: number;
    target: number;
    unit: string | null;
    comparison: '>=' | '<=';
    weight: number;
    /** 0-100. */
    score: number;
  }[];
}

const MOST = 200;
const sumRows = z.array(
  z.object({
    family: z.enum(SIGNAL_FAMILIES),
    metric: z.string(),
    unit: z.string().nullable(),
    value: z.number(),
    counts: z.boolean(),
    signals: z.number(),
    samples: z.number(),
  }),
);

/** The signals that name a run, corrected ones too, and what its contract's criteria make of them. Empty for an unknown run. */
export async function getRunSignals(actor: Actor, input: { runId: string }): Promise<RunSignals> {
  const { workspaceId } = actor;
  authorize(actor, 'signal.read', { workspaceId });
  const values = new SqlValues();
  const where = `s.workspace_id = ${values.add(workspaceId)} AND s.run_id = ${values.add(input.runId)}
    AND ${seenBy(actor, values)}`;
  const [signals, sums, runs] = await Promise.all([
    db().query(
      `SELECT ${SIGNAL_COLUMNS} FROM ${SIGNAL_FROM} WHERE ${where} ORDER BY s.at DESC, s.id DESC LIMIT ${MOST}`,
      values.list,
    ),
    // Added up by what was said: a run may have more signals than a page has rows.
    db().query(
      `SELECT s.family, s.metric_key AS metric, s.unit, s.value, s.superseded_by IS NULL AS counts, count(*)::int AS signals,
              sum(s.samples)::float8 AS samples
         FROM signal s WHERE ${where} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
      values.list,
    ),
    db().query<{ agent: string; version: string | null }>(
      `SELECT a.name AS agent, r.contract_version_id AS version FROM run r JOIN agent a ON a.id = r.agent_id
        WHERE r.workspace_id = $1 AND r.id = $2`,
      [workspaceId, input.runId],
    ),
  ]);
  const rows = toSignalRows(signals.rows);
  const [run] = runs.rows;
  const version = run?.version == null || rows.length === 0 ? null : await contractVersion(run.version);
  const criteria = version?.contract.quality.criteria ?? [];
  const all = sumRows.parse(sums.rows);
  const { measured } = signalsOfRun(
    criteria,
    all.filter((row) => row.counts),
  );
  return {
    agent: run?.agent ?? '',
    rows,
    total: all.reduce((sum, row) => sum + row.signals, 0),
    measured: measured.flatMap(({ id, value, score }) => {
      const criterion = criteria.find((each) => each.id === id);
      if (criterion === undefined) return [];
      const { statement, target, unit, comparison, weight } = criterion;
      return [
        {
          clause: criterionClause(id),
          statement,
          value,
          target,
          unit: unit ?? null,
          comparison,
          weight,
          score,
        },
      ];
    }),
  };
}
