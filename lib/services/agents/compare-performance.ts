import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { NO_RUNS, type RunSums } from '@/lib/scoring/run-sums';
import { compareFigures, coverages, type FigurePair } from '@/lib/scoring/version-figures';
import { type Durations, readDurations, readRollups } from '@/lib/services/rollups/read-rollups';
import { dayAt } from '@/lib/services/rollups/window';
import { type FoundAgent, findAgent } from './find-agent';

/** A version an agent has run under. */
export interface RunVersion {
  id: string;
  /** As it stands in the address: the number, `d3` for the third version of the workspace defaults. */
  slug: string;
  /** "v1.3", "defaults 3" */
  title: string;
  number: number;
  digest: string;
  own: boolean;
  inForce: boolean;
  runs: number;
  firstDay: string;
  lastDay: string;
}

export interface ComparedVersion extends RunVersion {
  durations: Durations | null;
  /** Runs by band. */
  bands: Pick<RunSums, 'low' | 'medium' | 'high' | 'critical'>;
  coverage: number;
}

export interface PerformanceComparison {
  agent: FoundAgent;
  /** Every version it has run under, the latest first. */
  versions: RunVersion[];
  /** Null: it has run under fewer than two. */
  compared: { a: ComparedVersion; b: ComparedVersion; figures: FigurePair[] } | null;
}

/** Older than any run. */
const EVER = '1970-01-01';

/**
 * How an agent did under two versions of its contract, over all their runs. Left out, the two latest it ran under are taken,
 * `b` the later one. Throws `not_found` for a version it never ran under.
 */
export async function comparePerformance(
  actor: Actor,
  name: string,
  wanted: { a?: string | undefined; b?: string | undefined },
  now: Date,
): Promise<PerformanceComparison> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const agent = await findAgent(actor, name);
  // A day more than any zone has begun.
  const scope = {
    workspaceId,
    agentId: agent.id,
    from: EVER,
    until: dayAt('UTC', new Date(now.getTime() + 86_400_000)),
  };
  const byDay = await readRollups(db(), scope, ['version', 'day']);
  const versions = await versionsOf(actor.workspaceId, agent.id, byDay);
  const named = (slug: string | undefined) => {
    if (slug === undefined) return undefined;
    const version = versions.find((each) => each.slug === slug);
    if (version === undefined)
      throw new AppError(
        'not_found',
        `${agent.displayName} never ran under a version "${slug.slice(0, 20)}".`,
      );
    return version;
  };
  const [givenA, givenB] = [named(wanted.a), named(wanted.b)];
  const b = givenB ?? versions.find((version) => version.id !== givenA?.id);
  const a = givenA ?? versions.find((version) => version.id !== b?.id);
  if (a === undefined || b === undefined) return { agent, versions, compared: null };
  const all = await readRollups(db(), scope, ['version']);
  const sumsOf = (version: RunVersion): RunSums => all.find((row) => row.versionId === version.id) ?? NO_RUNS;
  const [left, right] = [sumsOf(a), sumsOf(b)];
  const [durationsA, durationsB] = await Promise.all(
    [a, b].map((version) => readDurations(db(), { ...scope, versionId: version.id })),
  );
  const [coverageA, coverageB] = coverages(left, right);
  return {
    agent,
    versions,
    compared: {
      a: { ...a, durations: durationsA ?? null, bands: bandsOf(left), coverage: coverageA },
      b: { ...b, durations: durationsB ?? null, bands: bandsOf(right), coverage: coverageB },
      figures: compareFigures(left, right),
    },
  };
}

const bandsOf = ({ low, medium, high, critical }: RunSums) => ({ low, medium, high, critical });

async function versionsOf(
  workspaceId: string,
  agentId: string,
  byDay: readonly ({ versionId: string | null; day: string | null } & RunSums)[],
): Promise<RunVersion[]> {
  const ran = new Map<string, { runs: number; firstDay: string; lastDay: string }>();
  for (const { versionId, day, runs } of byDay) {
    if (versionId === null || day === null || runs === 0) continue;
    const known = ran.get(versionId);
    ran.set(versionId, {
      runs: (known?.runs ?? 0) + runs,
      firstDay: known === undefined || day < known.firstDay ? day : known.firstDay,
      lastDay: known === undefined || day > known.lastDay ? day : known.lastDay,
    });
  }
  const { rows } = await db().query<{
    id: string;
    number: number;
    name: string | null;
    digest: string;
    own: boolean;
    in_force: boolean;
  }>(
    `SELECT v.id, v.number, v.document #>> '{versioning,contract}' AS name, v.digest, v.agent_id IS NOT NULL AS own,
            coalesce(v.id = a.contract_version_id, false) AS in_force
       FROM contract_version v JOIN agent a ON a.id = $2
      WHERE v.workspace_id = $1 AND v.id = ANY($3::uuid[])`,
    [workspaceId, agentId, [...ran.keys()]],
  );
  return rows
    .flatMap((row) => {
      const seen = ran.get(row.id);
      if (seen === undefined) return [];
      return {
        id: row.id,
        slug: row.own ? String(row.number) : `d${row.number}`,
        title: row.own ? `v${row.name ?? row.number}` : `defaults ${row.number}`,
        number: row.number,
        digest: row.digest,
        own: row.own,
        inForce: row.in_force,
        ...seen,
      };
    })
    .sort(
      (left, right) =>
        right.lastDay.localeCompare(left.lastDay) ||
        Number(right.own) - Number(left.own) ||
        right.number - left.number,
    );
}
