import { type Replay, strictness } from './backtest';
import type { Lane } from './types';

/**
 * What became of a run: it would have waited for a person, been refused or narrowed; it would have been let through; or a
 * person would have been asked where it was refused.
 */
export const MOVES = ['let-through', 'waits', 'refused', 'narrowed', 'asks-instead'] as const;
export type Move = (typeof MOVES)[number];

export interface Example {
  move: Move;
  runId: string;
  runKey: string;
  /** ISO. */
  startedAt: string;
  traceId: string | null;
  spanId: string | null;
  tool: string;
  /** Which of the run's calls, from 1. */
  call: number;
  before: Lane;
  after: Lane;
  clauses: string[];
  /** What the run went on to spend, US dollars. */
  spentAfterUsd: number;
}

/** Low to critical, as a contract's risk thresholds name them. */
export type Band = 'low' | 'medium' | 'high' | 'critical';

/** What became of a run as a whole: then, or by the contract. */
export interface Outcome {
  band: Band;
  /** Of its breaches, each once; a band that is high or critical is a breach itself. */
  severities: ReadonlySet<Band>;
  opensIncident: boolean;
  pages: boolean;
}

/** A run that would have ended in another band, or whose page would be new or gone. */
export interface OutcomeExample {
  runId: string;
  runKey: string;
  /** ISO. */
  startedAt: string;
  before: { band: Band; pages: boolean };
  after: { band: Band; pages: boolean };
}

/** What the runs as a whole would have come to, had the agent done just the same. */
export interface Outcomes {
  /** Runs that would have ended in another band, most first. */
  bands: { before: Band; after: Band; runs: number }[];
  /** Runs a day about which an incident would have been opened, a person paged. */
  incidentsPerDay: { before: number; after: number };
  pagesPerDay: { before: number; after: number };
  /** What its runs spent a day, and would have without what they went on to spend. US dollars. */
  costPerDay: { before: number; after: number };
  examples: OutcomeExample[];
}

/** A run that could not be told, and the first call that stood in the way. */
export interface UndecidedExample {
  runId: string;
  runKey: string;
  tool: string;
  call: number;
  clauses: string[];
}

/** What a contract would have made of an agent's recorded runs. Plain JSON: its digest is what a signature binds. */
export interface BacktestReport {
  /** ISO; runs that began from `since` until `until`. */
  since: string;
  until: string;
  days: number;
  runs: number;
  unchanged: number;
  /** Arguments were not kept, so it cannot be told. */
  undecided: number;
  /** By the first call that would have been answered otherwise: more strictly, less strictly. */
  stricter: number;
  looser: number;
  moves: Record<Move, number>;
  /** Calls that need a person, a day: as recorded, and as it would be, up to the first answer that differs. */
  approvalsPerDay: { before: number; after: number };
  /** What runs went on to spend after the point where they would have waited or been refused. US dollars. */
  stoppedUsd: number;
  /** How many runs each clause moved. */
  clauses: { clause: string; runs: number }[];
  /** Clauses that differ from the contract compared with, and moved no run. */
  idleChanges: string[];
  examples: Example[];
  undecidedExamples: UndecidedExample[];
  /** Absent from reports that were made before it was asked. */
  outcomes?: Outcomes | undefined;
}

const MOST_OUTCOMES = 20;
const MOST_EXAMPLES = 50;
const MOST_UNDECIDED = 10;

/** Gathers replays into a report; holds no more than the report does, however many runs there are. */
export class Tally {
  private runs = 0;
  private unchanged = 0;
  private undecided = 0;
  private stricter = 0;
  private looser = 0;
  private asked = 0;
  private askedMore = 0;
  private stoppedUsd = 0;
  private readonly moves: Record<Move, number> = {
    'let-through': 0,
    waits: 0,
    refused: 0,
    narrowed: 0,
    'asks-instead': 0,
  };
  private readonly clauses = new Map<string, number>();
  private readonly tools = new Set<string>();
  private readonly examples = new Map<Move, Example[]>();
  private readonly undecidedExamples: UndecidedExample[] = [];
  private spentUsd = 0;
  private readonly bands = new Map<string, { before: Band; after: Band; runs: number }>();
  private readonly severities = new Set<Band>();
  private readonly incidents = { before: 0, after: 0 };
  private readonly pages = { before: 0, after: 0 };
  /** By what became of them. */
  private readonly outcomeExamples = new Map<string, OutcomeExample[]>();

  /**
   * What a run came to: as it was recorded and by the contract.
   *
   * @param spentUsd US dollars, all of the run
   */
  addOutcome(
    run: { id: string; key: string; startedAt: string },
    before: Outcome,
    after: Outcome,
    spentUsd: number,
  ): void {
    this.spentUsd += spentUsd;
    for (const severity of before.severities) this.severities.add(severity);
    for (const severity of after.severities) this.severities.add(severity);
    this.incidents.before += Number(before.opensIncident);
    this.incidents.after += Number(after.opensIncident);
    this.pages.before += Number(before.pages);
    this.pages.after += Number(after.pages);
    const key = `${before.band} ${after.band}`;
    if (before.band !== after.band) {
      const known = this.bands.get(key);
      if (known === undefined) this.bands.set(key, { before: before.band, after: after.band, runs: 1 });
      else known.runs += 1;
    } else if (before.pages === after.pages) return;
    const alike = `${key} ${before.pages} ${after.pages}`;
    const examples = this.outcomeExamples.get(alike) ?? [];
    this.outcomeExamples.set(alike, examples);
    if (examples.length < MOST_OUTCOMES)
      examples.push({
        runId: run.id,
        runKey: run.key,
        startedAt: run.startedAt,
        before: { band: before.band, pages: before.pages },
        after: { band: after.band, pages: after.pages },
      });
  }

  add(run: { id: string; key: string; startedAt: string }, replayed: Replay): void {
    this.runs += 1;
    this.asked += replayed.asked;
    if (replayed.outcome === 'unchanged') {
      this.unchanged += 1;
      return;
    }
    const { call, number } = replayed;
    if (replayed.outcome === 'undecided') {
      this.undecided += 1;
      if (this.undecidedExamples.length < MOST_UNDECIDED)
        this.undecidedExamples.push({
          runId: run.id,
          runKey: run.key,
          tool: call.tool,
          call: number,
          clauses: [...replayed.clauses],
        });
      return;
    }
    const { before, after } = replayed;
    if (strictness(before, after) > 0) {
      this.stricter += 1;
      if (after === 'escalate' || after === 'block') this.stoppedUsd += replayed.spentAfterUsd;
    } else this.looser += 1;
    if (after === 'escalate') this.askedMore += 1;
    if (before === 'escalate') this.askedMore -= 1;
    for (const clause of replayed.clauses) this.clauses.set(clause, (this.clauses.get(clause) ?? 0) + 1);
    this.tools.add(call.tool);
    const move = moveOf(before, after);
    this.moves[move] += 1;
    const known = this.examples.get(move) ?? [];
    this.examples.set(move, known);
    if (known.length < MOST_EXAMPLES)
      known.push({
        move,
        runId: run.id,
        runKey: run.key,
        startedAt: run.startedAt,
        traceId: call.traceId,
        spanId: call.spanId,
        tool: call.tool,
        call: number,
        before,
        after,
        clauses: replayed.clauses,
        spentAfterUsd: cents(replayed.spentAfterUsd),
      });
  }

  /** @param changed clauses in which the contract differs from the one it is compared with */
  report(window: { since: string; until: string; days: number }, changed: readonly string[]): BacktestReport {
    const moved = [...this.clauses].map(([clause, runs]) => ({ clause, runs }));
    moved.sort((a, b) => b.runs - a.runs || (a.clause < b.clause ? -1 : 1));
    const spoke = new Set(this.clauses.keys());
    const span = (Date.parse(window.until) - Date.parse(window.since)) / 86_400_000;
    const perDay = (count: number) => Math.round((count / span) * 1000) / 1000;
    return {
      ...window,
      runs: this.runs,
      unchanged: this.unchanged,
      undecided: this.undecided,
      stricter: this.stricter,
      looser: this.looser,
      moves: { ...this.moves },
      approvalsPerDay: { before: perDay(this.asked - this.askedMore), after: perDay(this.asked) },
      stoppedUsd: cents(this.stoppedUsd),
      clauses: moved,
      idleChanges: changed.filter((clause) => !this.mayHaveMoved(clause, spoke)),
      examples: inTurn(
        MOVES.map((move) => this.examples.get(move) ?? []),
        MOST_EXAMPLES,
      ),
      undecidedExamples: this.undecidedExamples,
      outcomes: {
        bands: [...this.bands.values()].sort(
          (a, b) => b.runs - a.runs || (`${a.before} ${a.after}` < `${b.before} ${b.after}` ? -1 : 1),
        ),
        incidentsPerDay: { before: perDay(this.incidents.before), after: perDay(this.incidents.after) },
        pagesPerDay: { before: perDay(this.pages.before), after: perDay(this.pages.after) },
        costPerDay: {
          before: cents(this.spentUsd / span),
          after: cents((this.spentUsd - this.stoppedUsd) / span),
        },
        examples: inTurn([...this.outcomeExamples.values()], MOST_OUTCOMES),
      },
    };
  }

  /** Clauses of the risk profile move bands; what follows a breach moves the runs that have one. */
  private mayHaveMoved(changed: string, spoke: ReadonlySet<string>): boolean {
    if (changed.startsWith('risk/') && this.bands.size > 0) return true;
    for (const severity of this.severities) if (changed.startsWith(`failure/${severity}`)) return true;
    return mayHaveMoved(changed, spoke, this.tools);
  }
}

/** One of each list in turn, so that the many do not hide the few. */
function inTurn<T>(lists: readonly (readonly T[])[], most: number): T[] {
  const picked: T[] = [];
  for (let round = 0; round < most; round += 1)
    for (const list of lists) {
      const item = list[round];
      if (item !== undefined && picked.length < most) picked.push(item);
    }
  return picked;
}

function moveOf(before: Lane, after: Lane): Move {
  if (after === 'block') return 'refused';
  if (after === 'escalate') return before === 'block' ? 'asks-instead' : 'waits';
  if (after === 'degrade' && before === 'allow') return 'narrowed';
  return 'let-through';
}

/**
 * Whether a changed clause may have had a part in it. Some speak under another name: a rule that lets an agent act alone is
 * silent, and what then speaks is the default; what a tool is decides under many clauses. Rather one too many than an
 * effect denied.
 */
function mayHaveMoved(changed: string, spoke: ReadonlySet<string>, tools: ReadonlySet<string>): boolean {
  const [section = '', name = ''] = changed.split('/');
  if (section === 'tools' && tools.has(name)) return true;
  for (const clause of spoke) {
    if (clause === changed || clause.startsWith(`${changed}/`) || changed.startsWith(`${clause}/`))
      return true;
    if (section === 'authority' && clause.startsWith('authority/')) return true;
    if (changed === `cost/onBreach/${clause.slice('cost/'.length)}`) return true;
    if (changed.startsWith('risk/detectors') && clause.endsWith('/categories')) return true;
    if (section === 'tools' && name === '*' && clause.startsWith('tools/')) return true;
  }
  return false;
}

/** To a hundredth of a cent: what rounding leaves of a sum is not money. */
function cents(usd: number): number {
  return Math.round(usd * 10_000) / 10_000;
}
