import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { db, transact } from '@/lib/db/pool';
import { formatDuration, formatList, formatNumber, formatPercent, plural } from '@/lib/format';
import { type Criterion, type CriterionStanding, criterionValue, reaches } from '@/lib/scoring/criteria';
import { errorShare, NO_RUNS } from '@/lib/scoring/run-sums';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { readDurations, readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack } from '@/lib/services/rollups/window';
import { readStandings } from '@/lib/services/signals/read-standings';
import { evidenceSubject } from './evidence-subject';

/** Whether one signal of the contract has come in lately. Unknown is not good. */
export interface SignalStanding {
  clause: string;
  statement: string;
  signal: string;
  state: 'fresh' | 'stale' | 'too-few' | 'unknown';
  /** What it measured, in words; null when nothing did. */
  value: string | null;
  /** Whether that meets the target; null when it cannot be told. Freshness does not ask. */
  met: boolean | null;
  samples: number | null;
  /** When it came in, ISO. */
  at: string | null;
  freshnessDays: number;
  /** Why it is not fresh, or what it rests on. */
  reason: string;
}

const DAY_MS = 86_400_000;
/** Technical targets have no freshness of their own in a contract. */
const TECHNICAL_DAYS = 7;
const TECHNICAL_LEAST = 20;

/** Finds out whether each signal the contract in force relies on has come in lately, and records it as evidence. */
export async function computeSignals(
  actor: Actor,
  input: { agent: string; version?: number | undefined },
  now: Date = new Date(),
): Promise<{ id: string; signals: SignalStanding[] }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const { agentId, version } = await evidenceSubject(workspaceId, input);
  const signals = await signalsOf(workspaceId, agentId, version.contract, now);
  const bad = signals.filter((each) => each.state !== 'fresh');
  const outcome = signals.length > 0 && bad.length === 0 ? 'passed' : 'failed';
  const { id } = await transact((client) =>
    recordEvidence(client, actor, {
      agentId,
      contractVersionId: version.versionId,
      kind: 'signals',
      title: 'Signal freshness',
      outcome,
      summary: summaryOf(signals, bad),
      clause: bad[0]?.clause ?? null,
      detail: { signals },
      producedAt: now,
      origin: 'computed',
    }),
  );
  return { id, signals };
}

/** The same without recording it. */
export async function signalsOf(
  workspaceId: string,
  agentId: string,
  { quality }: Pick<Contract, 'quality'>,
  now: Date,
): Promise<SignalStanding[]> {
  const [standings, told, health] = await Promise.all([
    readStandings(db(), [{ agentId, criteria: quality.criteria }], now),
    latestTold(agentId),
    quality.technical === undefined ? null : healthOf(workspaceId, agentId, now),
  ]);
  const byId = new Map((standings.get(agentId) ?? []).map((each) => [each.id, each]));
  const criteria = quality.criteria.flatMap((criterion) => {
    const standing = byId.get(criterion.id);
    return standing === undefined ? [] : [criterionStanding(criterion, standing, told, now)];
  });
  if (quality.technical === undefined || health === null) return criteria;
  return [...technicalStandings(quality.technical, health, now), ...criteria];
}

/** What a gate makes of a criterion's standing: whether it came in lately. A report that names it stands in for signals. */
function criterionStanding(
  criterion: Criterion,
  standing: CriterionStanding,
  told: ReadonlyMap<string, { at: Date; title: string }>,
  now: Date,
): SignalStanding {
  const { clause, statement, value, samples, atMs } = standing;
  const base = {
    clause,
    statement,
    signal: criterion.signal ?? 'none',
    freshnessDays: criterion.freshnessDays,
  };
  const report = standing.why === 'silent' ? told.get(clause) : undefined;
  if (report !== undefined) {
    const seen = { ...base, value: null, met: null, samples: null, at: report.at.toISOString() };
    if (isStale(report.at, criterion.freshnessDays, now))
      return {
        ...seen,
        state: 'stale',
        reason: `“${report.title}” is ${age(report.at, now)} old, it counts for ${days(criterion)}.`,
      };
    return { ...seen, state: 'fresh', reason: `Reported as “${report.title}”; its value is read by people.` };
  }
  return {
    ...base,
    state:
      standing.state === 'known'
        ? 'fresh'
        : standing.why === 'stale' || standing.why === 'too-few'
          ? standing.why
          : 'unknown',
    value:
      value === null
        ? null
        : `${criterionValue(value, criterion)} (target ${criterion.comparison} ${criterionValue(criterion.target, criterion)})`,
    met: value === null ? null : reaches(criterion, value),
    samples: atMs === null ? null : samples,
    at: atMs === null ? null : new Date(atMs).toISOString(),
    reason:
      standing.why === 'silent'
        ? `${standing.reason} Send signals of it, or attach a report that names this clause, as evidence.`
        : standing.reason,
  };
}

interface Health {
  runs: number;
  latencyMs: number | null;
  errorShare: number | null;
  at: Date | null;
}

function technicalStandings(
  targets: NonNullable<Contract['quality']['technical']>,
  health: Health,
  now: Date,
): SignalStanding[] {
  const of = (
    clause: string,
    statement: string,
    value: number | null,
    target: number,
    words: (value: number) => string,
  ): SignalStanding => {
    const base = { clause, statement, signal: 'technical', freshnessDays: TECHNICAL_DAYS };
    if (value === null || health.at === null)
      return {
        ...base,
        state: 'unknown',
        value: null,
        met: null,
        samples: 0,
        at: null,
        reason: `No run was recorded in ${plural(TECHNICAL_DAYS, 'day')}.`,
      };
    const seen = {
      ...base,
      value: `${words(value)} (target <= ${words(target)})`,
      met: value <= target,
      samples: health.runs,
      at: health.at.toISOString(),
    };
    return health.runs < TECHNICAL_LEAST
      ? {
          ...seen,
          state: 'too-few',
          reason: `${plural(health.runs, 'run')}, at least ${TECHNICAL_LEAST} are needed.`,
        }
      : {
          ...seen,
          state: 'fresh',
          reason: `From spans of ${plural(health.runs, 'run')}, until ${age(health.at, now)} ago.`,
        };
  };
  return [
    of(
      'quality/technical',
      'A run takes no longer than it may, in the middle',
      health.latencyMs,
      targets.latencyMs,
      formatDuration,
    ),
    of(
      'quality/technical',
      'No more spans end in an error than may',
      health.errorShare,
      targets.errorRate,
      (share) => formatPercent(share),
    ),
  ];
}

async function healthOf(workspaceId: string, agentId: string, now: Date): Promise<Health> {
  const { rows } = await db().query<{ zone: string; at: Date | null }>(
    `SELECT time_zone AS zone, (SELECT ended_at FROM run WHERE workspace_id = $1 AND agent_id = $2 AND span_count > 0
       ORDER BY started_at DESC LIMIT 1) AS at FROM workspace WHERE id = $1`,
    [workspaceId, agentId],
  );
  const { zone = 'UTC', at = null } = rows[0] ?? {};
  const scope = { workspaceId, agentId, ...daysBack(zone, now, TECHNICAL_DAYS) };
  const [[sums = NO_RUNS], durations] = await Promise.all([
    readRollups(db(), scope, []),
    readDurations(db(), scope),
  ]);
  if (durations === null) return { runs: 0, latencyMs: null, errorShare: null, at: null };
  return { runs: sums.runs, latencyMs: durations.p50, errorShare: errorShare(sums), at };
}

const toldSchema = z.array(z.object({ clause: z.string(), title: z.string(), at: z.date() }));

/** The latest attachment that names each criterion. */
async function latestTold(agentId: string): Promise<Map<string, { at: Date; title: string }>> {
  const { rows } = await db().query(
    `SELECT DISTINCT ON (clause) clause, title, produced_at AS at FROM evidence
     WHERE agent_id = $1 AND kind = 'attachment' AND clause LIKE 'quality/criteria/%' ORDER BY clause, produced_at DESC`,
    [agentId],
  );
  return new Map(toldSchema.parse(rows).map(({ clause, ...row }) => [clause, row]));
}

function isStale(at: Date, freshnessDays: number, now: Date): boolean {
  return now.getTime() - at.getTime() > freshnessDays * DAY_MS;
}

function age(at: Date, now: Date): string {
  return formatDuration(Math.max(0, now.getTime() - at.getTime()));
}

function days({ freshnessDays }: Criterion): string {
  return `${formatNumber(freshnessDays)} ${freshnessDays === 1 ? 'day' : 'days'}`;
}

function summaryOf(signals: readonly SignalStanding[], bad: readonly SignalStanding[]): string {
  if (signals.length === 0)
    return 'The contract relies on no signal, so nothing tells whether the agent is good.';
  const fresh = `${signals.length - bad.length} of ${plural(signals.length, 'signal')} came in lately enough`;
  const short = signals.filter((each) => each.met === false).length;
  const missed =
    short === 0 ? '' : ` ${plural(short, 'signal')} ${short === 1 ? 'misses' : 'miss'} the target.`;
  if (bad.length === 0) return `${fresh}.${missed}`;
  const names = bad.slice(0, 4).map((each) => `${each.clause} is ${each.state}`);
  return `${fresh}; ${formatList(bad.length > 4 ? [...names, `${bad.length - 4} more are not`] : names)}. Unknown is not good.${missed}`;
}
