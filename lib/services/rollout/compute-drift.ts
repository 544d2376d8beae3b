import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { BANDS } from '@/lib/contract/schema';
import { db, transact } from '@/lib/db/pool';
import { LANES } from '@/lib/decision/types';
import { formatList, plural } from '@/lib/format';
import { LEAST_RUNS, type MoveVerdict, meanMove, mixMove, shareMove } from '@/lib/scoring/moves';
import { getCoverage } from '@/lib/services/coverage/get-coverage';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { type EvidenceSubject, evidenceSubject } from './evidence-subject';

/** One figure in both periods. */
export interface Move {
  name: string;
  verdict: MoveVerdict;
  before: string;
  now: string;
  /** What it was tested by, with its value: "z −4.9", "PSI 0.31"; null when there are too few runs. */
  test: string | null;
}

/** What an agent does otherwise than before. Times are ISO 8601. */
export interface Drift {
  /** What the present period begins with; null: nobody has signed G5 or G6 yet, and the last 30 days are compared. */
  gate: 'G5' | 'G6' | null;
  before: { from: string; until: string; runs: number };
  now: { from: string; until: string; runs: number };
  /** Only the latest so many runs of each period are looked into for tools, categories and models. */
  lookedInto: number;
  moves: Move[];
  unknownTools: string[];
  newTools: string[];
  newCategories: string[];
  newModels: string[];
  /** Clauses that runs can exercise and none of the last 30 days did. */
  idleClauses: string[];
  watchedClauses: number;
}

const MOST_RUNS = 1000;
const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;
/** A period is no longer than this, so that the present is not hidden by a year. */
const MOST_DAYS = 90;

/** Computes how the agent has moved since it was last signed at G5 or G6, and records it as evidence. */
export async function computeDrift(
  actor: Actor,
  input: { agent: string },
  now: Date = new Date(),
): Promise<{ id: string; drift: Drift }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const subject = await evidenceSubject(workspaceId, input);
  const drift = await driftOf(actor, subject, now);
  const { outcome, summary } = judge(drift);
  const { id } = await transact((client) =>
    recordEvidence(client, actor, {
      agentId: subject.agentId,
      contractVersionId: subject.version.versionId,
      kind: 'drift',
      title: 'Drift',
      outcome,
      summary,
      detail: { ...drift },
      producedAt: now,
      origin: 'computed',
    }),
  );
  return { id, drift };
}

async function driftOf(actor: Actor, { agentId, version }: EvidenceSubject, now: Date): Promise<Drift> {
  const { workspaceId } = actor;
  const passed = await db().query<{ gate: 'G5' | 'G6'; at: Date }>(
    `SELECT gate, closed_at AS at FROM gate_review
     WHERE agent_id = $1 AND gate IN ('G5', 'G6') AND state = 'passed' AND closed_at < $2 ORDER BY closed_at DESC LIMIT 1`,
    [agentId, now],
  );
  const last = passed.rows[0];
  const length = Math.min(
    last === undefined ? WINDOW_DAYS * DAY_MS : Math.max(1, now.getTime() - last.at.getTime()),
    MOST_DAYS * DAY_MS,
  );
  const from = new Date(now.getTime() - length);
  // What was agreed upon: the time up to the signature, as long as the present one but not shorter than a month.
  const until = last?.at ?? from;
  const earlier = new Date(until.getTime() - Math.max(length, WINDOW_DAYS * DAY_MS));
  const [a, b, coverage] = await Promise.all([
    periodOf(workspaceId, agentId, earlier, until),
    periodOf(workspaceId, agentId, from, now),
    getCoverage(actor, version.versionId),
  ]);
  const listed = Object.keys(version.contract.tools);
  const fresh = (here: readonly string[], before: readonly string[]) =>
    here.filter((name) => !before.includes(name)).sort();
  return {
    gate: last?.gate ?? null,
    before: { from: earlier.toISOString(), until: until.toISOString(), runs: a.runs },
    now: { from: from.toISOString(), until: now.toISOString(), runs: b.runs },
    lookedInto: MOST_RUNS,
    moves: movesOf(a, b),
    unknownTools: b.tools.filter((tool) => !listed.includes(tool)).sort(),
    newTools: fresh(b.tools, a.tools),
    newCategories: fresh(b.categories, a.categories),
    newModels: fresh(b.models, a.models),
    idleClauses: coverage.idle,
    watchedClauses: coverage.watched,
  };
}

interface Period {
  runs: number;
  silent: number;
  lanes: number[];
  bands: number[];
  priced: number;
  cost: number;
  costVariance: number;
  scored: number;
  score: number;
  scoreVariance: number;
  tools: string[];
  categories: string[];
  models: string[];
}

async function periodOf(workspaceId: string, agentId: string, from: Date, until: Date): Promise<Period> {
  const { rows } = await db().query<
    Omit<Period, 'lanes' | 'bands'> & { lanes: string[] | null; bands: string[] | null }
  >(
    `WITH runs AS MATERIALIZED (
       SELECT id, lane, band, breach_count, cost_usd, unpriced_calls, score, started_at FROM run
        WHERE workspace_id = $1 AND agent_id = $2 AND started_at > $3 AND started_at <= $4 AND span_count > 0),
     latest AS MATERIALIZED (SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT ${MOST_RUNS}),
     spans AS MATERIALIZED (
       SELECT s.tool, s.model, s.categories FROM latest l JOIN run_trace t ON t.run_id = l.id
         JOIN span s ON s.workspace_id = $1 AND s.trace_id = t.trace_id
        WHERE s.tool IS NOT NULL OR s.model IS NOT NULL OR s.categories <> '{}')
     SELECT count(*) AS runs, count(*) FILTER (WHERE breach_count = 0 AND lane IN ('allow', 'degrade')) AS silent,
            array_agg(lane) AS lanes, array_agg(band) AS bands,
            count(*) FILTER (WHERE unpriced_calls = 0) AS priced,
            coalesce(avg(cost_usd) FILTER (WHERE unpriced_calls = 0), 0) AS cost,
            coalesce(var_samp(cost_usd) FILTER (WHERE unpriced_calls = 0), 0) AS "costVariance",
            count(score) AS scored, coalesce(avg(score), 0) AS score, coalesce(var_samp(score), 0) AS "scoreVariance",
            ARRAY(SELECT DISTINCT tool FROM spans WHERE tool IS NOT NULL) AS tools,
            ARRAY(SELECT DISTINCT c FROM spans, unnest(categories) AS c) AS categories,
            ARRAY(SELECT DISTINCT model FROM spans WHERE model IS NOT NULL) AS models
       FROM runs`,
    [workspaceId, agentId, from, until],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('An aggregate gives one row.');
  return { ...row, lanes: countsOf(LANES, row.lanes ?? []), bands: countsOf(BANDS, row.bands ?? []) };
}

function countsOf(names: readonly string[], seen: readonly string[]): number[] {
  return names.map((name) => seen.filter((each) => each === name).length);
}

function movesOf(a: Period, b: Period): Move[] {
  const silent = shareMove({ hits: a.silent, of: a.runs }, { hits: b.silent, of: b.runs });
  const lanes = mixMove(a.lanes, b.lanes);
  const bands = mixMove(a.bands, b.bands);
  const cost = meanMove(
    { count: a.priced, mean: a.cost, variance: a.costVariance },
    { count: b.priced, mean: b.cost, variance: b.costVariance },
  );
  const score = meanMove(
    { count: a.scored, mean: a.score, variance: a.scoreVariance },
    { count: b.scored, mean: b.score, variance: b.scoreVariance },
  );
  const share = (hits: number, of: number) => (of === 0 ? 'no runs' : `${hits} of ${of}`);
  const mix = (names: readonly string[], counts: readonly number[]) =>
    names.flatMap((name, index) => (counts[index] ? [`${counts[index]} ${name}`] : [])).join(', ') ||
    'no runs';
  const mean = (value: number, count: number, digits: number) =>
    count === 0 ? 'no runs' : `${value.toFixed(digits)} over ${plural(count, 'run')}`;
  return [
    move(
      'wholly silent runs',
      silent.verdict,
      share(a.silent, a.runs),
      share(b.silent, b.runs),
      told('z', silent.z),
    ),
    move('lanes', lanes.verdict, mix(LANES, a.lanes), mix(LANES, b.lanes), told('PSI', lanes.psi)),
    move('risk bands', bands.verdict, mix(BANDS, a.bands), mix(BANDS, b.bands), told('PSI', bands.psi)),
    move(
      'cost per run (US dollars)',
      cost.verdict,
      mean(a.cost, a.priced, 4),
      mean(b.cost, b.priced, 4),
      told('z', cost.z),
    ),
    move('score', score.verdict, mean(a.score, a.scored, 1), mean(b.score, b.scored, 1), told('z', score.z)),
  ];
}

function move(name: string, verdict: MoveVerdict, before: string, now: string, test: string | null): Move {
  return { name, verdict, before, now, test };
}

function told(name: string, value: number | null): string | null {
  return value === null ? null : `${name} ${Math.abs(value) > 99 ? '> 99' : value.toFixed(2)}`;
}

/** Passed: nothing moved and nothing is new. Given: something did, or too few runs can tell; the signers judge. */
function judge(drift: Drift): { outcome: 'passed' | 'given'; summary: string } {
  const since =
    drift.gate === null
      ? 'In the last 30 days, against the 30 before'
      : `Since ${drift.gate} was last signed`;
  const moved = drift.moves.filter((each) => each.verdict === 'moved').map((each) => each.name);
  const unknown = drift.moves.filter((each) => each.verdict === 'too-few').map((each) => each.name);
  const added = [
    ...named('unknown tool', drift.unknownTools),
    ...named('new category', drift.newCategories, 'new categories'),
    ...named('new model', drift.newModels),
  ];
  const parts = [
    ...(moved.length === 0 ? [] : [`moved: ${formatList(moved)}`]),
    ...added,
    ...(unknown.length === 0
      ? []
      : [`too few runs to tell of ${formatList(unknown)} (${LEAST_RUNS} needed in each period)`]),
    ...(drift.idleClauses.length === 0
      ? []
      : [`${drift.idleClauses.length} of ${plural(drift.watchedClauses, 'clause')} never exercised`]),
  ];
  const quiet = moved.length === 0 && added.length === 0 && unknown.length === 0;
  return {
    outcome: quiet ? 'passed' : 'given',
    summary: `${since} (${plural(drift.now.runs, 'run')}, ${drift.before.runs} before): ${quiet ? `nothing moved${parts.length === 0 ? '' : `; ${parts.join('; ')}`}` : parts.join('; ')}.`,
  };
}

function named(one: string, names: readonly string[], many = `${one}s`): string[] {
  if (names.length === 0) return [];
  const shown = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return [`${names.length === 1 ? one : many} ${formatList(shown)}`];
}
