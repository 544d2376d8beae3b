import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import type { BacktestReport } from '@/lib/decision/backtest-report';
import { reportSchema } from './report';

/** A backtest that said nothing for so long was cut off: its process ended. */
export const QUIET_SECONDS = 30;

/** Plain JSON. */
export interface BacktestView {
  id: string;
  agent: string;
  /** interrupted: its process ended before it did. */
  state: 'running' | 'interrupted' | 'done' | 'cancelled' | 'failed';
  days: number;
  runsDone: number;
  runsTotal: number;
  /** ISO. */
  startedAt: string;
  startedBy: string | null;
  endedAt: string | null;
  problem: string | null;
  /** Of a draft: the revision that was replayed. */
  draftRevision: number | null;
  report: BacktestReport | null;
  reportDigest: string | null;
  evidenceId: string | null;
}

const rowSchema = z.object({
  id: z.string(),
  agent: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  quiet: z.boolean(),
  days: z.int(),
  runsDone: z.int(),
  runsTotal: z.int(),
  startedAt: z.date(),
  startedBy: z.string().nullable(),
  endedAt: z.date().nullable(),
  problem: z.string().nullable(),
  draftRevision: z.int().nullable(),
  report: reportSchema.nullable(),
  reportDigest: z.string().nullable(),
  evidenceId: z.string().nullable(),
});

const SELECT = `SELECT b.id, a.name AS agent, b.state, b.beat_at < now() - make_interval(secs => ${QUIET_SECONDS}) AS quiet,
    b.days, b.runs_done AS "runsDone", b.runs_total AS "runsTotal", b.started_at AS "startedAt", p.name AS "startedBy",
    b.ended_at AS "endedAt", b.problem, b.draft_revision AS "draftRevision", b.report,
    b.report_digest AS "reportDigest", b.evidence_id AS "evidenceId"
  FROM backtest b JOIN agent a ON a.id = b.agent_id LEFT JOIN person p ON p.id = b.started_by_id
  WHERE b.workspace_id = $1`;

export interface BacktestsOf {
  /** The one begun last, whatever became of it; null when there was none. */
  latest: BacktestView | null;
  /** The last that came to its end; it may be `latest`. */
  report: BacktestView | null;
  mayRun: boolean;
}

/** The backtests of a version, or of a draft as it stands now or stood before. */
export async function backtestsOf(
  actor: Actor,
  of: { versionId: string } | { draftId: string },
): Promise<BacktestsOf> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const [column, id] =
    'versionId' in of ? ['b.contract_version_id', of.versionId] : ['b.draft_id', of.draftId];
  const newest = async (condition: string) => {
    const { rows } = await db().query<Record<string, unknown>>(
      `${SELECT} AND ${column}::text = $2 AND ${condition} ORDER BY b.started_at DESC, b.id DESC LIMIT 1`,
      [workspaceId, id],
    );
    return rows[0] === undefined ? null : viewOf(rows[0]);
  };
  const [latest, report] = await Promise.all([newest('true'), newest(`b.state = 'done'`)]);
  return {
    latest,
    report,
    mayRun: can(actor, 'backtest.run', { workspaceId }),
  };
}

function viewOf(row: unknown): BacktestView {
  const { quiet, ...stored } = rowSchema.parse(row);
  return {
    ...stored,
    state: stored.state === 'running' && quiet ? 'interrupted' : stored.state,
    startedAt: stored.startedAt.toISOString(),
    endedAt: stored.endedAt?.toISOString() ?? null,
  };
}
