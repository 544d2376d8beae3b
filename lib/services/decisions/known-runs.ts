import type { Actor } from '@/lib/auth/actor';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { addCall, emptyFacts, parseFacts } from '@/lib/decision/run-facts';
import type { Lane } from '@/lib/decision/types';
import { AppError } from '@/lib/errors';
import { type ContractInForce, contractVersion } from '@/lib/services/contracts/contract-in-force';
import { AgentSpending } from './agent-spending';
import { sameInRun } from './answer';
import { createRun, findRun, type RunRow } from './run-row';
import { WitnessedRun } from './run-state';
import { pastDecisions } from './stored-decisions';

type KeyActor = Extract<Actor, { kind: 'key' }>;

/** A run as this plane knows it, ready for its next decision. */
export interface KnownRun {
  readonly id: string;
  readonly workspaceId: string;
  readonly key: string;
  readonly agent: RunRow['agent'];
  readonly contract: ContractInForce;
  readonly revision: number;
  readonly witnessed: WitnessedRun;
  /** The agent's, before the ladder takes from it. */
  readonly authorityLevel: RunRow['authorityLevel'];
  /** JSON: see `sameInRun`. */
  readonly sameInAnswers: string;
  /** Idempotency keys used in the run, and the number of the decision each got. */
  readonly idempotencyKeys: Map<string, number>;
  /** Its contract limits what the agent spends in a day or month. */
  readonly budgeted: boolean;
  /** Strictest lane so far. */
  lane: Lane;
  /** Number of its latest decision. */
  seq: number;
  /** When that was decided, epoch ms. */
  decidedAt: number;
  /** Decisions that are being written: they count already and might not get in. */
  inFlight: number;
  /** Something changed since it was read: read it again before the next decision. */
  stale: boolean;
  /** It holds decisions that did not get in, or another reading has taken over: use nothing of it. */
  broken: boolean;
}

const MAX_RUNS = 20_000;
/** Bounds the memory of runs with very many decisions. */
const MAX_KEYS = 1_000_000;

/**
 * The runs this plane decides for, least recently read out first. A run is read again when NOTIFY says that it or its
 * agent changed; should that come late, the revision in the insert of its next decision says so.
 */
export class KnownRuns {
  readonly spending = new AgentSpending();
  readonly #byKey = new Map<string, KnownRun>();
  readonly #byId = new Map<string, KnownRun>();
  readonly #loading = new Map<string, Promise<KnownRun>>();
  readonly #unlisten: () => void;
  /** Rises with every change of an agent: a reading that began before is stale when it ends. */
  #agentChanges = 0;
  #keys = 0;

  constructor() {
    const age = (concerns: (run: KnownRun) => boolean) => {
      for (const run of this.#byKey.values()) if (concerns(run)) run.stale = true;
    };
    this.#unlisten = listen({
      change: ({ topic, id, workspaceId }) => {
        if (topic === 'run' && id !== '') {
          const run = this.#byId.get(id);
          if (run !== undefined) run.stale = true;
        } else if (topic === 'run') age((run) => run.workspaceId === workspaceId);
        else if (topic === 'agent') {
          this.#agentChanges += 1;
          age((run) => run.workspaceId === workspaceId && (id === '' || run.agent.id === id));
        }
      },
      reset: () => {
        this.#agentChanges += 1;
        age(() => true);
      },
    });
  }

  close(): void {
    this.#unlisten();
    this.#byKey.clear();
    this.#byId.clear();
  }

  /** The run when it is known and fresh; else undefined, and `load` must be awaited. */
  get(workspaceId: string, key: string): KnownRun | undefined {
    const run = this.#byKey.get(nameOf(workspaceId, key));
    if (run === undefined || run.stale || run.broken) return undefined;
    return run.budgeted && this.spending.current(run.agent.id) === undefined ? undefined : run;
  }

  /**
   * Reads the run, or creates it for the agent that was named. One reading at a time for each run: those who come
   * meanwhile share what it finds, even if it is stale again by then, as the insert would tell.
   */
  async load(actor: KeyActor, key: string, agentName: string | undefined): Promise<KnownRun> {
    const name = nameOf(actor.workspaceId, key);
    for (;;) {
      const loading = this.#loading.get(name);
      if (loading === undefined) break;
      const run = await loading.catch(() => undefined);
      if (run !== undefined && !run.broken) return run;
    }
    const promise = this.#read(actor, key, agentName).finally(() => this.#loading.delete(name));
    this.#loading.set(name, promise);
    return promise;
  }

  /** Counts an idempotency key that was used for the decision of this number. */
  noteKey(run: KnownRun, key: string, seq: number): void {
    remember(run.idempotencyKeys, key, seq);
    this.#keys += 1;
  }

  async #read(actor: KeyActor, key: string, agentName: string | undefined): Promise<KnownRun> {
    const name = nameOf(actor.workspaceId, key);
    const before = this.#byKey.get(name);
    // What was decided stays decided: a run that merely changed needs only what came after. What is being written might
    // not get in, and then everything is read anew.
    const settled = before !== undefined && !before.broken && before.inFlight === 0 ? before : undefined;
    if (before !== undefined) {
      before.broken = true;
      this.#forget(name, before);
    }
    const agentChanges = this.#agentChanges;

    const row = (await findRun(actor.workspaceId, key)) ?? (await createRun(actor, key, agentName));
    if (row.contractVersionId === null)
      throw new AppError(
        'conflict',
        'This run is held to no contract, so nothing can be decided for it. Put a contract or workspace defaults in force, then start a new run.',
      );
    const contract = await contractVersion(row.contractVersionId);
    const kept =
      settled?.id === row.id && settled.contract.versionId === contract.versionId ? settled : undefined;
    const decided = kept?.witnessed.decided ?? emptyFacts();
    const idempotencyKeys = kept?.idempotencyKeys ?? new Map<string, number>();
    const past = row.created ? [] : await pastDecisions(db(), row.id, kept?.seq ?? 0);
    for (const decision of past) {
      if (decision.idempotency_key !== null)
        remember(idempotencyKeys, decision.idempotency_key, decision.seq);
      if (decision.lane !== 'allow' && decision.lane !== 'degrade') continue;
      addCall(decided, contract.compiled, {
        tool: decision.tool,
        argumentsDigest: decision.arguments_digest ?? undefined,
        categories: [],
        at: decision.decided_at.getTime(),
      });
    }
    const budgeted =
      contract.contract.cost.perDay !== undefined || contract.contract.cost.perMonth !== undefined;
    if (budgeted) await this.spending.read(row.agent.id);

    const run: KnownRun = {
      id: row.id,
      workspaceId: actor.workspaceId,
      key: row.key,
      agent: row.agent,
      contract,
      revision: row.revision,
      authorityLevel: row.authorityLevel,
      witnessed: new WitnessedRun(
        contract.compiled,
        {
          status: row.status,
          killSwitch: null,
          held: null,
          authorityLevel: row.authorityLevel,
          agentDayCostUsd: 0,
          agentMonthCostUsd: 0,
        },
        parseFacts(row.facts),
        decided,
      ),
      sameInAnswers: sameInRun(
        { version: contract.number, digest: contract.digest },
        { id: row.id, key: row.key, status: row.status },
      ),
      idempotencyKeys,
      budgeted,
      lane: row.lane,
      seq: past.at(-1)?.seq ?? kept?.seq ?? 0,
      decidedAt: past.at(-1)?.decided_at.getTime() ?? kept?.decidedAt ?? 0,
      inFlight: 0,
      stale: agentChanges !== this.#agentChanges,
      broken: false,
    };
    this.#keep(name, run);
    return run;
  }

  #keep(name: string, run: KnownRun): void {
    this.#byKey.set(name, run);
    this.#byId.set(run.id, run);
    this.#keys += run.idempotencyKeys.size;
    while (this.#byKey.size > MAX_RUNS || (this.#keys > MAX_KEYS && this.#byKey.size > 1)) {
      const oldest = this.#byKey.entries().next();
      if (oldest.done) return;
      this.#forget(...oldest.value);
    }
  }

  #forget(name: string, run: KnownRun): void {
    this.#byKey.delete(name);
    if (this.#byId.get(run.id) === run) this.#byId.delete(run.id);
    this.#keys -= run.idempotencyKeys.size;
  }
}

function nameOf(workspaceId: string, key: string): string {
  return `${workspaceId} ${key}`;
}

/** The first use of a key is the one that counts, should runs that were merged have used the same. */
function remember(keys: Map<string, number>, key: string, seq: number): void {
  if (!keys.has(key)) keys.set(key, seq);
}
