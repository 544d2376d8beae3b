import { type CompiledPolicy, touchedCategories } from './compile';
import { evaluate, overruns } from './evaluate';
import { addCall, addUsage, emptyFacts } from './run-facts';
import {
  type AuthorityLevel,
  type Evaluation,
  type Finding,
  type IntendedCall,
  LANES,
  type Lane,
  type RunState,
} from './types';

/** A contract that is asked about what happened: what it decides by, and what its detectors look for. */
export interface Seat {
  policy: CompiledPolicy;
  /** Data categories that its detectors find. */
  detects: ReadonlySet<string>;
}

export interface RecordedCall {
  kind: 'call';
  /** Hex id of its span; null when only a decision tells of it. */
  spanId: string | null;
  traceId: string | null;
  tool: string;
  /** undefined: not recorded. */
  arguments?: unknown;
  /** SHA-256 hex of the canonical arguments; undefined when nobody kept them. */
  argumentsDigest?: string | undefined;
  /** Data categories the agent declared. */
  declared: readonly string[];
  /** Data categories that any detector finds in it; each contract counts those it looks for. */
  detected: readonly string[];
  /** Those of them that it finds in the arguments. */
  sent: readonly string[];
  /** Data categories it says were filtered out of its result. */
  filtered: readonly string[];
  /** Epoch ms. */
  at: number;
  /** What was said of it then. */
  lane: Lane;
  clauses: readonly string[];
  /** Whether it was made: what an agent asked and was refused was not. */
  made: boolean;
}

export interface RecordedUsage {
  kind: 'usage';
  /** Epoch ms. */
  at: number;
  tokens: number;
  /** US dollars; 0 where the model has no price. */
  costUsd: number;
}

export type RecordedEvent = RecordedCall | RecordedUsage;

/** What held beside the run's own calls, for every contract that is asked. */
export interface Standing {
  authorityLevel: AuthorityLevel;
  /** What the agent's other runs had spent on the UTC day, and in the month, of a moment (epoch ms). US dollars. */
  spentByOthers: (at: number) => { day: number; month: number };
}

/**
 * What a contract makes of a recorded run. `changed` stands at the first call it would have answered otherwise: what the
 * agent had done next is not knowable. `undecided` stands at the first call that cannot be answered without arguments
 * nobody kept.
 */
export type Replay =
  | { outcome: 'unchanged'; asked: number }
  | {
      outcome: 'changed';
      call: RecordedCall;
      /** 1, 2, 3 …: which of the run's calls. */
      number: number;
      before: Lane;
      after: Lane;
      /** What spoke before or speaks now, and not both times. */
      clauses: string[];
      /** Calls that need a person, up to this one and with it. */
      asked: number;
      /** What the run went on to spend, US dollars. */
      spentAfterUsd: number;
    }
  | { outcome: 'undecided'; call: RecordedCall; number: number; clauses: readonly string[]; asked: number };

/** Hears what the candidate answers to every recorded call, also behind the first that differs: the agent did what it did. */
export interface Watcher {
  /** @param touched what the span is taken to touch by this contract */
  answered(call: RecordedCall, answer: Evaluation, touched: readonly string[]): void;
  /** Budgets and the token ceiling that usage passed. */
  overran(findings: readonly Finding[]): void;
}

/**
 * Replays a run through `candidate`, call by call with the same facts the runtime has, up to the first answer that differs
 * from the recorded one. An answer that differs because of what no contract says (a pause by a person, a lower level at that
 * time, a cost that was known late) is none of the candidate's doing: where the contract the run was under is given, and
 * would answer today as the candidate does, the replay goes on.
 *
 * @param events calls and usage in the order of their times
 * @param watcher told of all answers, behind the first that differs too
 */
export function replay(
  candidate: Seat,
  under: Seat | null,
  events: readonly RecordedEvent[],
  standing: Standing,
  watcher: Watcher | null = null,
): Replay {
  const now = new Walk(candidate, standing);
  const then = under === null ? null : new Walk(under, standing);
  let number = 0;
  let asked = 0;
  let ended: Replay | null = null;
  for (let index = 0; index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined) break;
    if (event.kind === 'usage') {
      now.use(event);
      if (watcher !== null) watcher.overran(now.overruns(event.at));
      continue;
    }
    number += 1;
    const answer = now.ask(event);
    watcher?.answered(event, answer, now.touchedBy(event));
    if (ended !== null) {
      now.add(event);
      continue;
    }
    if (answer.undecided.length > 0 && answer.lane !== 'block') {
      ended = { outcome: 'undecided', call: event, number, clauses: answer.undecided, asked };
      if (watcher === null) break;
      now.add(event);
      continue;
    }
    if (answer.lane === 'escalate') asked += 1;
    if (answer.lane !== event.lane) {
      const known = then?.upTo(events, index, event);
      if (known === undefined || known.lane !== answer.lane) {
        const before = isElsewhere(event, known) ? known : event;
        ended = {
          outcome: 'changed',
          call: event,
          number,
          before: before.lane,
          after: answer.lane,
          clauses: unlike(clausesOf(answer), 'findings' in before ? clausesOf(before) : before.clauses),
          asked,
          spentAfterUsd: spent(events, index + 1),
        };
        if (watcher === null) break;
      }
    }
    now.add(event);
  }
  return ended ?? { outcome: 'unchanged', asked };
}

/** How far an answer moved: positive is stricter. */
export function strictness(before: Lane, after: Lane): number {
  return LANES.indexOf(after) - LANES.indexOf(before);
}

/** What the contract of the time answers today tells better than what it said then, once the two differ. */
function isElsewhere(event: RecordedCall, known: Evaluation | undefined): known is Evaluation {
  return known !== undefined && known.undecided.length === 0 && known.lane !== event.lane;
}

function clausesOf(answer: Evaluation): string[] {
  return [...new Set(answer.findings.map((finding) => finding.clause))];
}

function unlike(a: readonly string[], b: readonly string[]): string[] {
  return [...a.filter((clause) => !b.includes(clause)), ...b.filter((clause) => !a.includes(clause))];
}

function spent(events: readonly RecordedEvent[], from: number): number {
  let usd = 0;
  for (let index = from; index < events.length; index += 1) {
    const event = events[index];
    if (event?.kind === 'usage') usd += event.costUsd;
  }
  return usd;
}

/** A run as one contract sees it, so far. */
class Walk {
  private readonly state: RunState;
  private readonly spend = new Map<string, number>();
  private readonly hasBudgets: boolean;
  private at = 0;

  constructor(
    private readonly seat: Seat,
    private readonly standing: Standing,
  ) {
    this.state = {
      ...emptyFacts(),
      status: 'running',
      killSwitch: null,
      held: null,
      authorityLevel: standing.authorityLevel,
      agentDayCostUsd: 0,
      agentMonthCostUsd: 0,
    };
    const { perDay, perMonth } = seat.policy;
    this.hasBudgets =
      perDay.limit !== Number.POSITIVE_INFINITY || perMonth.limit !== Number.POSITIVE_INFINITY;
  }

  ask(call: RecordedCall): Evaluation {
    this.spendUntil(call.at);
    return evaluate(this.seat.policy, this.state, this.intended(call));
  }

  /** The budgets and the token ceiling passed by then. */
  overruns(at: number): readonly Finding[] {
    this.spendUntil(at);
    return overruns(this.seat.policy, this.state);
  }

  private spendUntil(at: number): void {
    if (!this.hasBudgets) return;
    const others = this.standing.spentByOthers(at);
    const day = dayOf(at);
    let month = 0;
    for (const [spentOn, usd] of this.spend) if (spentOn.startsWith(day.slice(0, 7))) month += usd;
    this.state.agentDayCostUsd = others.day + (this.spend.get(day) ?? 0);
    this.state.agentMonthCostUsd = others.month + month;
  }

  add(call: RecordedCall): void {
    if (call.made) addCall(this.state, this.seat.policy, this.intended(call));
  }

  use({ at, tokens, costUsd }: RecordedUsage): void {
    addUsage(this.state, tokens, costUsd);
    if (!this.hasBudgets || costUsd === 0) return;
    const day = dayOf(at);
    this.spend.set(day, (this.spend.get(day) ?? 0) + costUsd);
  }

  /** The answer to the call at `index`, after everything before it. Called with rising indexes. */
  upTo(events: readonly RecordedEvent[], index: number, call: RecordedCall): Evaluation {
    for (; this.at < index; this.at += 1) {
      const event = events[this.at];
      if (event?.kind === 'call') this.add(event);
      else if (event !== undefined) this.use(event);
    }
    return this.ask(call);
  }

  private intended(call: RecordedCall): IntendedCall {
    const { policy } = this.seat;
    const told = this.found(call.detected);
    const found =
      told.length + call.filtered.length === 0
        ? call.declared
        : [...call.declared, ...told, ...call.filtered];
    return {
      tool: call.tool,
      arguments: call.arguments,
      argumentsDigest: call.argumentsDigest,
      categories: touchedCategories(policy, call.tool, found),
      sent: this.found(call.sent),
      at: call.at,
    };
  }

  /** What its span touched: the tool's own data, what is found in it and what it says was filtered. */
  touchedBy(call: RecordedCall): readonly string[] {
    const found = this.found(call.detected);
    return touchedCategories(
      this.seat.policy,
      call.tool,
      call.filtered.length === 0 ? found : [...found, ...call.filtered],
    );
  }

  private found(categories: readonly string[]): readonly string[] {
    if (categories.length === 0) return categories;
    return categories.filter((category) => this.seat.detects.has(category));
  }
}

/** The UTC day of a moment, `2026-11-21`. */
function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
