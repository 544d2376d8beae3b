import { reviewTerms } from '@/lib/contract/terms';
import { db } from '@/lib/db/pool';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { type DayRange, daysBack } from '@/lib/services/rollups/window';
import { SILENT_RUN } from './silent-run';

/** The versions of an agent that draw silent runs at the share or more, and how many silent runs there are of them and of all others. */
export interface Frame {
  agentId: string;
  /** Of the version in force; null: there is none, or it has no run reviewed. */
  share: number | null;
  versionIds: string[];
  silentRuns: number;
  leftOut: number;
  /** The versions that silent runs ran under. */
  versions: FrameVersion[];
}

/** A version that silent runs ran under, for listing exactly these. */
export interface FrameVersion {
  digest: string;
  /** What people call the version, e.g. "1.3". */
  label: string;
  silentRuns: number;
  /** Whether the bound speaks of them; else they are left out of it. */
  counts: boolean;
}

/** The frames of agents over the days that end with today, in the order asked for, without agents that are not there. */
export async function readFrames(
  workspaceId: string,
  agentIds: readonly string[],
  now: Date,
  days: number,
): Promise<{
  agents: { id: string; name: string; displayName: string }[];
  /** One for each of the agents. */
  frames: Frame[];
  window: DayRange;
  zone: string;
} | null> {
  const { rows } = await db().query<{
    id: string;
    name: string;
    display_name: string;
    zone: string;
    version_id: string | null;
  }>(
    `SELECT a.id, a.name, a.display_name, w.time_zone AS zone, coalesce(a.contract_version_id,
              (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL
                ORDER BY number DESC LIMIT 1)) AS version_id
       FROM agent a JOIN workspace w ON w.id = a.workspace_id WHERE a.workspace_id = $1 AND a.id = ANY($2::uuid[])
      ORDER BY array_position($2::uuid[], a.id)`,
    [workspaceId, agentIds],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const { zone } = first;
  const window = daysBack(zone, now, days);
  const sums = await readRollups(
    db(),
    { workspaceId, agentIds: rows.map(({ id }) => id), ...window },
    ['agent', 'version'],
    ['clean'],
  );
  const frames: Frame[] = [];
  for (const { id, version_id } of rows) {
    const terms = version_id === null ? null : reviewTerms((await contractVersion(version_id)).contract);
    const own = sums.filter(({ agentId }) => agentId === id);
    frames.push(await frameOf(id, terms?.silentShare ?? null, own));
  }
  return {
    agents: rows.map(({ id, name, display_name }) => ({ id, name, displayName: display_name })),
    frames,
    window,
    zone,
  };
}

/** @param sums silent runs by the version they ran under */
async function frameOf(
  agentId: string,
  share: number | null,
  sums: readonly { versionId: string | null; clean: number }[],
): Promise<Frame> {
  const frame: Frame = { agentId, share, versionIds: [], silentRuns: 0, leftOut: 0, versions: [] };
  for (const { versionId, clean } of sums) {
    const version = versionId === null ? null : await contractVersion(versionId);
    const terms = version === null ? null : reviewTerms(version.contract);
    const counts =
      version !== null && terms !== null && (share ?? 0) > 0 && terms.silentShare >= (share ?? 0);
    if (counts) {
      frame.versionIds.push(version.versionId);
      frame.silentRuns += clean;
    } else frame.leftOut += clean;
    if (version !== null && clean > 0) {
      const { digest, contract } = version;
      frame.versions.push({ digest, label: contract.versioning.contract, silentRuns: clean, counts });
    }
  }
  return frame;
}

/**
 * Reviews `q` of runs `r` that began in the window: days $2 to $3 in zone $4. None is drawn before its run is heard of, and no run
 * is taken to begin over a day after that (lib/telemetry), so older reviews need not be read.
 */
const OF_WINDOW = `q.drawn_at >= $2::date::timestamp AT TIME ZONE $4 - interval '2 days'
  AND (r.started_at AT TIME ZONE $4)::date BETWEEN $2::date AND $3::date`;

/**
 * One who says that a run was wrong is enough, so nobody else has to be waited for to know it. That a run was right is known
 * when all have said so. Until then the bound may be too high by this, never too low.
 */
export const SETTLED = `(q.state = 'done' OR q.correct IS FALSE)`;

/** Somebody passed on the review `q`. */
export const PASSED_ON = 'EXISTS (SELECT FROM run_review_skip s WHERE s.review_id = q.id)';

/** Reviews `q` of silent runs `r` that the bound rests on: workspace $1, the window as above, frames `$5` as `framesAsJson` writes them. */
export const DRAWN_OF_FRAMES = `(SELECT agent, share, array_agg(version) AS versions
               FROM json_to_recordset($5::json) AS d(agent uuid, share float8, version uuid) GROUP BY agent, share) f
       JOIN run_review q ON q.agent_id = f.agent JOIN run r ON r.id = q.run_id
      WHERE q.workspace_id = $1 AND r.agent_id = f.agent AND q.because = 'silent' AND q.draw < f.share
        AND q.share >= f.share AND r.contract_version_id = ANY(f.versions) AND ${SILENT_RUN} AND ${OF_WINDOW}`;

/** The same of the agents $5, all that were found wrong: also those the bound does not speak of. */
export const WRONG_OF_AGENTS = `run_review q JOIN run r ON r.id = q.run_id
              WHERE q.workspace_id = $1 AND q.agent_id = ANY($5::uuid[]) AND q.because = 'silent' AND q.correct IS FALSE
                AND ${SILENT_RUN} AND ${OF_WINDOW}`;

/** Null: no version of any of them draws. */
export function framesAsJson(frames: readonly Frame[]): string | null {
  const drawing = frames.flatMap(({ agentId, share, versionIds }) =>
    versionIds.map((version) => ({ agent: agentId, share, version })),
  );
  return drawing.length === 0 ? null : JSON.stringify(drawing);
}
