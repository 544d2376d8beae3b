/**
 * What an agent imports to ask before it acts. No dependency but `fetch`.
 *
 *   const countersign = new Countersign({ endpoint: 'http://localhost:4318', key: process.env.COUNTERSIGN_KEY });
 *   const run = countersign.run(traceId, { agent: 'claims-processor' });
 *   const answer = await run.ask({ tool: 'payments.release', arguments: { amount: 1200 } });
 *   if (answer.lane !== 'allow') return handOver(answer);
 */
import { z } from 'zod';

const answerSchema = z.object({
  id: z.string(),
  /** allow: go on. degrade: go on under the obligations. escalate: wait for a person. block: do not. */
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  clauses: z.array(z.object({ clause: z.string(), code: z.string(), lane: z.string(), message: z.string() })),
  obligations: z.array(
    z.object({
      kind: z.string(),
      clause: z.string(),
      by: z.string().optional(),
      withinMinutes: z.number().optional(),
      /** Of `filtered-output`: data to be filtered out of what the tool returns, before the agent sees it. */
      categories: z.array(z.string()).optional(),
      /** Of `filtered-output`. review: a person looks first. mask: made unreadable. withhold: left out. */
      // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
      then: z.string().optional(),
    }),
  ),
  undecided: z.array(z.string()),
  contract: z.object({ version: z.number(), digest: z.string() }).nullable(),
  run: z.object({ id: z.string(), key: z.string(), status: z.string() }),
  decidedAt: z.string(),
});
export type Answer = z.output<typeof answerSchema>;

const statusSchema = z.object({
  key: z.string(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  /** What to do next; `wait` also while a kill switch is on. */
  instruction: z.enum(['continue', 'wait', 'stop']),
  /** What a kill switch that is on stops; null: none is on. */
  killSwitch: z.string().nullable(),
  /** The step of the ladder that holds the agent back; in recovery what remediation needs passes. */
  held: z.object({ step: z.enum(['pause', 'recertify']), recovery: z.boolean() }).nullish(),
});
export type RunStatus = z.output<typeof statusSchema>;

const takenSchema = z.object({
  recorded: z.number(),
  /** Those that changed a value sent before under the same id. */
  corrected: z.number(),
  duplicates: z.number(),
  refused: z.number(),
  /** What became of each, in the order they were sent. */
  signals: z.array(
    z.object({
      index: z.number(),
      result: z.enum(['recorded', 'corrected', 'duplicate', 'refused']),
      /** Why it was refused, or what is to be known about it. */
      reason: z.string().nullable(),
      /** The clause of the criterion that reads it; null: none does. */
      clause: z.string().nullable(),
    }),
  ),
});
export type Taken = z.output<typeof takenSchema>;

const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Countersign refused the request: `code` is one of its error codes, the message says what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Refused';
  }
}

export interface Call {
  tool: string;
  /** What the tool will be called with; clauses on arguments need them. */
  arguments?: unknown;
  /** Data categories the call touches beyond those its contract entry names. */
  categories?: readonly string[];
  /** Asking again with the same key gives the first answer. A fresh one is made when absent. */
  idempotencyKey?: string;
}

/** A measurement of quality: an outcome, what a customer said, an eval, an expert's rating. */
export interface Signal {
  /** A criterion's id, its metric or its clause. */
  metric: string;
  /** True and false stand for met and not met. */
  value: number | boolean;
  /** Which family it is of; may be left out where only one criterion goes by the metric. */
  family?: 'technical' | 'eval' | 'feedback' | 'outcome' | 'sme';
  agent?: string;
  /** The run's key. It need not be known yet. */
  run?: string;
  /** Left out: the criterion's. Another than that is refused. */
  unit?: string;
  /** How many cases the value is the mean of. */
  samples?: number;
  /** A whole test set measured at once: the newest stands for those before it. */
  suite?: boolean;
  /** When it happened, ISO 8601; now, when left out. */
  at?: string;
  /** Sent again under the same id it is a duplicate, with another value a correction. A fresh one is made when absent. */
  id?: string;
  label?: string;
  note?: string;
}

interface Options {
  endpoint: string;
  key: string;
  /** How often a request that may be sent again (429, 502, 503, 504, no connection) is; 3 unless told. */
  retries?: number;
}

export class Countersign {
  constructor(private readonly options: Options) {}

  /** `key` is the conversation id or trace id the agent's spans carry. */
  run(key: string, identity: { agent?: string } = {}): Run {
    return new Run(this.options, key, identity.agent);
  }

  /** Sends measurements of quality, at most 2,000 at once. Some may be refused: the answer says which, and why. */
  async signals(signals: readonly Signal[]): Promise<Taken> {
    // Under an id of its own, so that one that is sent again on the way counts once.
    const body = signals.map((signal) => ({ id: crypto.randomUUID(), ...signal }));
    return takenSchema.parse(await send(this.options, 'POST', '/v1/signals', { body }));
  }
}

class Run {
  private readonly path: string;

  constructor(
    private readonly options: Options,
    private readonly key: string,
    private readonly agent: string | undefined,
  ) {
    this.path = `/v1/runs/${encodeURIComponent(key)}`;
  }

  /** Sends a measurement of this run's quality. */
  signal(signal: Omit<Signal, 'run' | 'agent'>): Promise<Taken> {
    const agent = this.agent === undefined ? {} : { agent: this.agent };
    return new Countersign(this.options).signals([{ ...signal, ...agent, run: this.key }]);
  }

  /** What the contract says of this call. The answer is stored before it arrives here. */
  async ask(call: Call): Promise<Answer> {
    const { idempotencyKey = crypto.randomUUID(), ...body } = call;
    return answerSchema.parse(
      await send(this.options, 'POST', `${this.path}/decisions`, {
        headers: { 'idempotency-key': idempotencyKey },
        body: this.agent === undefined ? body : { ...body, agent: this.agent },
      }),
    );
  }

  /** Whether to go on, wait or stop. Reading a pause or a stop request acknowledges it. */
  async status(): Promise<RunStatus> {
    return statusSchema.parse(await send(this.options, 'GET', this.path, {}));
  }

  /** Confirms that the agent has stopped. */
  async stopped(): Promise<RunStatus> {
    return statusSchema.parse(await send(this.options, 'POST', `${this.path}/stopped`, { body: {} }));
  }
}

async function send(
  options: Options,
  method: string,
  path: string,
  request: { headers?: Record<string, string>; body?: unknown },
): Promise<unknown> {
  const retries = options.retries ?? 3;
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(options.endpoint.replace(/\/$/, '') + path, {
      method,
      headers: {
        authorization: `Bearer ${options.key}`,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    }).catch((error: unknown) => {
      if (attempt >= retries) throw error;
      return null;
    });
    if (response?.ok) return response.json();
    if (response !== null && (attempt >= retries || ![429, 502, 503, 504].includes(response.status)))
      throw await refusal(response);
    await new Promise((resolve) => setTimeout(resolve, waitMs(response, attempt)));
  }
}

/** Retry-After where it is given, else 100 ms doubling. */
function waitMs(response: Response | null, attempt: number): number {
  const asked = Number(response?.headers.get('retry-after'));
  return Number.isFinite(asked) && asked > 0 ? asked * 1000 : 100 * 2 ** attempt;
}

async function refusal(response: Response): Promise<Refused> {
  const parsed = refusalSchema.safeParse(await response.json().catch(() => null));
  return parsed.success
    ? new Refused(response.status, parsed.data.error.code, parsed.data.error.message)
    : new Refused(response.status, 'unknown', `The runtime plane answered ${response.status}.`);
}
