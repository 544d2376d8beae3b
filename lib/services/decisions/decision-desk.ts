import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { CHANNEL, type Change } from '@/lib/db/notify';
import { db } from '@/lib/db/pool';
import { toolOf, touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import type { Finding, IntendedCall, Lane } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { detect } from '@/lib/scoring/detectors';
import { readSwitches, stoppedBy, switchesKnown } from '@/lib/services/kill-switches/switches-on';
import { ladderOf, lowered, passesHeld } from '@/lib/services/ladder/standing';
import { answerText, withMessage } from './answer';
import type { Ask, DecisionAnswer } from './ask';
import { DecisionWriter } from './decision-writer';
import { type KnownRun, KnownRuns } from './known-runs';
import { findDecision, type NewDecision, stricter } from './stored-decisions';

type KeyActor = Extract<Actor, { kind: 'key' }>;

const NONE: readonly string[] = [];

/** One question that waits to be answered. */
interface Waiting {
  readonly actor: KeyActor;
  readonly runKey: string;
  readonly agentName: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly call: { tool: string; arguments: unknown; digest: string; declared: readonly string[] };
  readonly asker: Asker;
  run: KnownRun;
  attempts: number;
  /** To be written by a statement of its own. */
  alone: boolean;
}

/** A question and what is to be stored of it. */
interface Written {
  readonly waiting: Waiting;
  readonly row: NewDecision;
}

/** Hears one answer, or why there is none. */
export interface Asker {
  /**
   * @param json a `DecisionAnswer`
   * @param replayed the same question was answered before; this is that answer
   */
  answer(json: string, replayed: boolean): void;
  refuse(error: unknown): void;
}

/**
 * Statements under way. While one is with the database, the next takes what has arrived and is there when that one ends: plane
 * and database work side by side instead of taking turns.
 */
const MAX_WRITING = 2;
/**
 * A statement beside one that is under way is worth its commit from so many questions on: each costs as much as some twenty rows,
 * here and in the database. Fewer wait for the one under way.
 */
const MIN_BESIDE = 24;
/** Questions written by one statement at most: keeps the wait of the last short. */
const MAX_BATCH = 256;
const MAX_WAITING = 10_000;
/** Other planes may get in first, every time one of them. */
const MAX_ATTEMPTS = 50;
/** How often screens hear of new decisions. */
const TELL_EVERY_MS = 1000;

/**
 * Answers "may I?" of agents: evaluated on the run as it is, stored, then answered. What arrives while commits run is
 * evaluated together and written by the next, so a commit is shared by as many as wait for one. One for each plane; any
 * number of planes agree, because a decision only gets in as the next of its run, on the revision it was evaluated on.
 */
export class DecisionDesk {
  readonly #runs = new KnownRuns();
  #queue: Waiting[] = [];
  readonly #writer = new DecisionWriter();
  /** Statements under way. */
  #writing = 0;
  #scheduled = false;
  readonly #news = new Map<string, { workspaceId: string; lane: Lane | null }>();
  #telling: NodeJS.Timeout | undefined;

  /**
   * Decides one intended call. `asker` hears of: AppError `forbidden`; `invalid` when the first decision of a run names no
   * agent; `conflict` when the run is another agent's, is held to no contract, or the idempotency key was used for another
   * call; `rate_limited` when more wait than can be written.
   */
  decide(actor: Actor, runKey: string, ask: Ask, idempotencyKey: string | undefined, asker: Asker): void {
    try {
      authorize(actor, 'run.decide', { workspaceId: actor.workspaceId });
      if (actor.kind !== 'key') throw new AppError('forbidden', 'Only agents ask for decisions, with a key.');
      if (this.#queue.length >= MAX_WAITING)
        throw new AppError('rate_limited', 'More decisions wait than can be written. Ask again shortly.', {
          retryAfterSeconds: 1,
        });
      const given = ask.arguments === undefined ? {} : ask.arguments;
      const call = {
        tool: ask.tool,
        arguments: given,
        digest: digestOfArguments(given),
        declared: ask.categories ?? NONE,
      };
      const enqueue = (run: KnownRun) =>
        this.#enqueue({
          actor,
          runKey,
          agentName: ask.agent,
          idempotencyKey,
          call,
          asker,
          run,
          attempts: 0,
          alone: false,
        });
      const run = this.#runs.get(actor.workspaceId, runKey);
      if (run !== undefined && switchesKnown()) enqueue(run);
      else
        Promise.all([run ?? this.#runs.load(actor, runKey, ask.agent), readSwitches()]).then(
          ([known]) => enqueue(known),
          (error: unknown) => asker.refuse(error),
        );
    } catch (error) {
      asker.refuse(error);
    }
  }

  /** Answers what waits, tells the screens, forgets what it knew. */
  async close(): Promise<void> {
    do await new Promise((resolve) => setTimeout(resolve, 5));
    while (this.#writing > 0 || this.#queue.length > 0);
    clearTimeout(this.#telling);
    this.#telling = undefined;
    await this.#tell().catch(() => {});
    await this.#writer.close();
    this.#runs.close();
  }

  #enqueue(waiting: Waiting): void {
    this.#queue.push(waiting);
    if (this.#scheduled || this.#writing === MAX_WRITING) return;
    this.#scheduled = true;
    // What this turn of the event loop brings comes along.
    setImmediate(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.length >= (this.#writing === 0 ? 1 : MIN_BESIDE)) {
      if (this.#writing === MAX_WRITING) return;
      const batch = this.#take();
      if (batch.length === 0) return;
      this.#writing += 1;
      void this.#commit(batch).then((answers) => {
        this.#writing -= 1;
        // Sending a batch of answers takes as long as writing one: the next statement leaves first, so that the database
        // does not wait for it.
        this.#pump();
        for (const { waiting, row } of answers)
          waiting.asker.answer(answerText(waiting.run.sameInAnswers, row), false);
      });
    }
  }

  /**
   * The next batch, in order of arrival. Questions of a run that is being written wait for that: they are decided on
   * what got in. The end of that statement takes them up.
   */
  #take(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    let full = false;
    for (const waiting of this.#queue) {
      if (full || (waiting.run.inFlight > 0 && !waiting.run.broken)) later.push(waiting);
      else if (waiting.alone && batch.length > 0) later.push(waiting);
      else {
        batch.push(waiting);
        full = waiting.alone || batch.length >= MAX_BATCH;
      }
    }
    this.#queue = later;
    return batch;
  }

  /**
   * Evaluates and writes a batch. Never throws: every question gets its error, another try, or its answer, which is sent
   * by whoever called.
   */
  async #commit(batch: readonly Waiting[]): Promise<readonly Written[]> {
    const written: Written[] = [];
    const again: Waiting[] = [];
    let oneEach = true;
    for (const waiting of batch) {
      const { run, idempotencyKey } = waiting;
      if (run.broken) {
        this.#reload(waiting);
        continue;
      }
      try {
        admit(waiting);
        const first = idempotencyKey === undefined ? undefined : run.idempotencyKeys.get(idempotencyKey);
        if (first === undefined) {
          written.push({ waiting, row: this.#evaluate(waiting) });
          if (run.inFlight > 1) oneEach = false;
        } else if (first > run.seq - run.inFlight) {
          // Its first asking is in this very batch.
          again.push(waiting);
        } else void this.#replay(waiting, first);
      } catch (error) {
        waiting.asker.refuse(error);
      }
    }
    // By run, those of one run in their order. Ids are ASCII.
    written.sort((a, b) => (a.row.runId < b.row.runId ? -1 : a.row.runId > b.row.runId ? 1 : 0));
    const answers = written.length > 0 ? await this.#store(written, oneEach) : written;
    this.#queue.push(...again);
    return answers;
  }

  /** Evaluates on the run as it will be when everything before it got in. */
  #evaluate({ run, call, idempotencyKey }: Waiting): NewDecision {
    const { compiled, contract } = run.contract;
    const { state } = run.witnessed;
    state.killSwitch = stoppedBy(run.workspaceId, run.agent);
    const taken = ladderOf(run.agent.id);
    state.held = taken.held;
    state.authorityLevel = lowered(run.authorityLevel, taken);
    if (run.budgeted) {
      const spending = this.#runs.spending.current(run.agent.id);
      if (spending !== undefined) {
        state.agentDayCostUsd = spending.day;
        state.agentMonthCostUsd = spending.month;
      }
    }
    const declared = categoriesOf(call, contract.risk.detectors);
    // Planes' clocks differ: within a run, time does not go back.
    const at = Math.max(Date.now(), run.decidedAt);
    const intended = intendedBy(run, call, declared, at);
    const { lane, findings: found, obligations } = evaluate(compiled, state, intended);
    const findings = found.length === 0 ? found : found.map(storable);
    if (lane === 'allow' || lane === 'degrade') run.witnessed.add(intended);
    run.seq += 1;
    run.decidedAt = at;
    run.inFlight += 1;
    if (idempotencyKey !== undefined) this.#runs.noteKey(run, idempotencyKey, run.seq);
    return {
      id: newId(),
      runId: run.id,
      revision: run.revision,
      seq: run.seq,
      idempotencyKey: idempotencyKey ?? null,
      tool: call.tool,
      argumentsDigest: call.digest,
      categories: declared,
      lane,
      findings,
      obligations,
      decidedAt: at,
    };
  }

  /** Returns those that got in; the others are asked again. */
  async #store(written: readonly Written[], oneEach: boolean): Promise<readonly Written[]> {
    let stored: ReadonlySet<string> | null;
    try {
      stored = await this.#writer.store(
        written.map(({ row }) => row),
        oneEach,
      );
    } catch (error) {
      for (const { waiting } of written) {
        waiting.run.broken = true;
        waiting.run.inFlight -= 1;
        // One question the database cannot hold must not fail those it shared a statement with.
        if (written.length > 1 && isRefusedData(error)) this.#reload({ ...waiting, alone: true });
        // Whether it was committed is not known. A retry under the same idempotency key finds out.
        else waiting.asker.refuse(error);
      }
      return [];
    }
    const answers: Written[] = [];
    for (const one of written) {
      const { run } = one.waiting;
      run.inFlight -= 1;
      if (stored === null || stored.has(one.row.id)) {
        this.#note(run, one.row.lane);
        answers.push(one);
      } else {
        run.broken = true;
        this.#reload(one.waiting);
      }
    }
    return answers;
  }

  /** Somebody else changed the run, or decided in it: look again, then answer on what is there now. */
  #reload(waiting: Waiting): void {
    waiting.attempts += 1;
    if (waiting.attempts > MAX_ATTEMPTS) {
      waiting.asker.refuse(
        new AppError('unavailable', 'This run changes faster than it can be decided for. Ask again.', {
          retryAfterSeconds: 1,
        }),
      );
      return;
    }
    const { actor, runKey, agentName } = waiting;
    const known = this.#runs.get(actor.workspaceId, runKey);
    Promise.resolve(known ?? this.#runs.load(actor, runKey, agentName)).then(
      (run) => {
        waiting.run = run;
        this.#enqueue(waiting);
      },
      (error: unknown) => waiting.asker.refuse(error),
    );
  }

  async #replay(waiting: Waiting, seq: number): Promise<void> {
    const { run, call } = waiting;
    try {
      const first = await findDecision(run.id, seq);
      if (first === null) {
        run.broken = true;
        this.#reload(waiting);
        return;
      }
      const stops = stoppedBy(run.workspaceId, run.agent);
      if (stops !== null && first.lane !== 'block')
        throw new AppError(
          'conflict',
          `A kill switch has been turned on for ${stops} since this was answered: the answer holds no more. Make no call until a person releases it, then ask under a new key.`,
        );
      const taken = ladderOf(run.agent.id);
      const { held } = taken;
      if (held !== null && first.lane !== 'block' && !passesHeld(held, run.contract.compiled, first.tool))
        throw new AppError(
          'conflict',
          'The agent has been paused since this was answered: the answer holds no more. Make no call until people let it go on, then ask under a new key.',
        );
      const categories = categoriesOf(call, run.contract.contract.risk.detectors);
      if (
        first.tool !== call.tool ||
        first.arguments_digest !== call.digest ||
        first.categories.join(' ') !== categories.join(' ')
      )
        throw new AppError(
          'conflict',
          'This idempotency key was used in this run for another call. Use a new key for each call, and the same only to repeat one.',
        );
      const { state } = run.witnessed;
      state.authorityLevel = lowered(run.authorityLevel, taken);
      const { findings } = evaluate(
        run.contract.compiled,
        state,
        intendedBy(run, call, categories, Date.now()),
      );
      // Only the level is asked about: what was answered is counted, and counts against no budget or limit again.
      if (
        findings.some(
          ({ clause, lane }) => clause === 'authority/level' && stricter(first.lane, lane) !== first.lane,
        )
      )
        throw new AppError(
          'conflict',
          'The agent’s authority level has fallen since this was answered: the answer holds no more. Ask under a new key.',
        );
      const answer: DecisionAnswer = {
        id: first.id,
        lane: first.lane,
        clauses: first.clauses.map(withMessage),
        obligations: first.obligations,
        undecided: [],
        contract: { version: first.version, digest: first.contract_digest },
        run: { id: run.id, key: run.key, status: run.witnessed.state.status },
        decidedAt: first.decided_at.toISOString(),
      };
      waiting.asker.answer(JSON.stringify(answer), true);
    } catch (error) {
      waiting.asker.refuse(error);
    }
  }

  /** Screens are told of new decisions, and a run of a stricter lane, at most every second. */
  #note(run: KnownRun, lane: Lane): void {
    const strictest = stricter(run.lane, lane);
    const news = this.#news.get(run.id);
    if (strictest !== run.lane) {
      run.lane = strictest;
      this.#news.set(run.id, { workspaceId: run.workspaceId, lane: strictest });
    } else if (news === undefined) this.#news.set(run.id, { workspaceId: run.workspaceId, lane: null });
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#tell().catch(() => {});
    }, TELL_EVERY_MS);
  }

  async #tell(): Promise<void> {
    const news = [...this.#news];
    this.#news.clear();
    if (news.length === 0) return;
    const changes: Change[] = [];
    for (const [id, { workspaceId, lane }] of news) {
      changes.push({ workspaceId, topic: 'decision', id });
      if (lane === null) continue;
      const raised = await db().query(
        `UPDATE run SET lane = $2 WHERE id = $1
           AND array_position('{allow,degrade,escalate,block}', lane) < array_position('{allow,degrade,escalate,block}', $2)`,
        [id, lane],
      );
      if (raised.rowCount === 1) changes.push({ workspaceId, topic: 'run', id });
    }
    await db().query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
      CHANNEL,
      changes.map((change) => JSON.stringify(change)),
    ]);
  }
}

/** A call as `evaluate` is asked about it. */
function intendedBy(
  { contract: { compiled, contract } }: KnownRun,
  call: Waiting['call'],
  declared: readonly string[],
  at: number,
): IntendedCall {
  const tool = toolOf(compiled, call.tool);
  return {
    tool: tool.name ?? call.tool,
    arguments: call.arguments,
    argumentsDigest: call.digest,
    categories: touchedCategories(compiled, call.tool, declared),
    sent: tool.filters === null ? undefined : detect(call.arguments, contract.risk.detectors),
    at,
  };
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): a fault of a row, not of the database. */
function isRefusedData(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code)
  );
}

function digestOfArguments(value: unknown): string {
  try {
    return digestOf(value);
  } catch (error) {
    // Deeper than the stack goes, or a number such as 1e999: nothing a tool could take either.
    if (error instanceof RangeError) throw unusable('nested too deeply');
    if (error instanceof TypeError) throw unusable('a number is too large to be computed with');
    throw error;
  }
}

function unusable(why: string): AppError {
  return new AppError('invalid', `The arguments are not usable: ${why}.`, {
    issues: [{ path: 'arguments', message: why }],
  });
}

/** Whether this actor may ask in this run, which may have become another agent's since. */
function admit({ actor, run, agentName }: Waiting): void {
  authorize(actor, 'run.decide', { workspaceId: run.workspaceId, agentId: run.agent.id });
  if (agentName === undefined || agentName === run.agent.name || run.agent.aliases.includes(agentName))
    return;
  throw new AppError(
    'conflict',
    `This run belongs to the agent ${run.agent.name}, not to ${agentName}. Use a run key of your own, or have ${agentName} entered as an alias in its contract.`,
  );
}

/** What the call was said to touch, and what is found in its arguments. Each once, sorted. */
function categoriesOf(call: Waiting['call'], detectors: Parameters<typeof detect>[1]): readonly string[] {
  const detected = detectors.length === 0 ? [] : detect(call.arguments, detectors);
  if (call.declared.length === 0) return detected;
  return [...new Set([...call.declared, ...detected])].sort();
}

/** Details quote what was asked; the database holds neither NUL nor half a surrogate pair. */
function storable(finding: Finding): Finding {
  const detail = finding.detail.replaceAll('\0', '\u{fffd}').replace(LONE_SURROGATE, '\u{fffd}');
  return detail === finding.detail ? finding : { ...finding, detail };
}

const LONE_SURROGATE = /\p{Cs}/gu;
