/**
 * The shapes `compile` and `evaluate` work on. This folder depends on nothing, so that the runtime plane, the SDK,
 * a gateway and the backtest can all seat the same function. `Policy` is the part of a contract that decides calls;
 * a contract (lib/contract) is one structurally.
 */

export type Lane = 'allow' | 'degrade' | 'escalate' | 'block';
/** From widest to strictest. */
export const LANES: readonly Lane[] = ['allow', 'degrade', 'escalate', 'block'];

export type ActionClass = 'read' | 'write' | 'transact';
export type Tier = 'alone' | 'approval' | 'escalation' | 'never';
export type AuthorityLevel = 'suggest-only' | 'read-only' | 'human-in-the-loop' | 'bounded' | 'continuous';
export type OnCostBreach = 'log' | 'warn' | 'page' | 'pause';

/** What is done with data of a filtered category, from the mildest to the strictest. */
export const FILTER_ACTS = ['review', 'mask', 'withhold'] as const;
export type FilterAct = (typeof FILTER_ACTS)[number];

type Scalar = string | number | boolean | null;
export type Condition =
  | { field: string; op: '<' | '<=' | '>' | '>='; value: number }
  | { field: string; op: '=' | '!='; value: Scalar }
  | { field: string; op: 'in' | 'not-in'; value: Scalar[] }
  | { field: string; op: 'present' | 'absent' };

export interface ArgumentSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null' | undefined;
  description?: string | undefined;
  properties?: Record<string, ArgumentSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | undefined;
  items?: ArgumentSchema | undefined;
  enum?: Scalar[] | undefined;
  const?: Scalar | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
}

export interface Policy {
  scope: {
    actions: readonly ('read' | 'draft' | 'recommend' | 'execute')[];
    forbidden: readonly {
      id: string;
      tools: readonly string[];
      actions: readonly ActionClass[];
      categories: readonly string[];
    }[];
  };
  tools: Readonly<
    Record<
      string,
      {
        action: ActionClass;
        egress: boolean;
        categories: readonly string[];
        filter?: readonly { id: string; categories: readonly string[]; then: FilterAct }[] | undefined;
        arguments?: ArgumentSchema | undefined;
        rateLimit?: { calls: number; per: 'run' | 'minute' | 'hour' | 'day' } | undefined;
        reversible?: boolean | { by: string } | undefined;
      }
    >
  >;
  failure?: { compensations?: readonly { by: string }[] | undefined } | undefined;
  authority: {
    level: AuthorityLevel;
    defaults: Record<ActionClass, Tier>;
    rules: readonly {
      id: string;
      tools: readonly string[];
      actions: readonly ActionClass[];
      when: readonly Condition[];
      tier: Tier;
      by?: string | undefined;
      withinMinutes?: number | undefined;
    }[];
  };
  cost: {
    perRun?: number | undefined;
    perDay?: number | undefined;
    perMonth?: number | undefined;
    tokensPerRun?: number | undefined;
    callsPerRun?: number | undefined;
    repeatedCalls?: number | undefined;
    onBreach: {
      perRun: OnCostBreach;
      perDay: OnCostBreach;
      perMonth: OnCostBreach;
      tokensPerRun: OnCostBreach;
      callsPerRun: OnCostBreach;
      repeatedCalls: OnCostBreach;
    };
  };
}

/** What a run has done so far; a fold over its calls, small enough to live in one JSON column. */
export interface RunFacts {
  calls: number;
  callsByTool: Record<string, number>;
  /** Times (epoch ms, ascending) of calls to tools that have a limit per minute, hour or day. */
  callTimes: Record<string, number[]>;
  /** How often the same call was made: by tool, then by the digest of its arguments. */
  repeats: Record<string, Record<string, number>>;
  tokens: number;
  costUsd: number;
}

/** An agent that is paused, or waits to be certified again. */
export interface Hold {
  step: 'pause' | 'recertify';
  /** After an incident: what remediation needs still passes. */
  recover: boolean;
}

export interface RunState extends RunFacts {
  status: 'running' | 'paused' | 'stopping' | 'stopped' | 'finished';
  /** What a kill switch that is on stops, in words ("this agent", "business unit Claims"); null: none is on. */
  killSwitch: string | null;
  /** The step of the ladder that holds the agent back; null: none does. */
  held: Hold | null;
  /** How much the agent may do now; it can be lower than the contract's level, never higher. */
  authorityLevel: AuthorityLevel;
  /** What all runs of the agent have spent today and this month (UTC), this run included. US dollars. */
  agentDayCostUsd: number;
  agentMonthCostUsd: number;
}

export interface IntendedCall {
  tool: string;
  /** undefined: not recorded. Clauses on arguments are then undecided, and reported so. */
  arguments?: unknown;
  /** SHA-256 hex of the canonical arguments; undefined when arguments are. */
  argumentsDigest?: string | undefined;
  /** Data categories found in its own arguments: what a tool returns can be filtered, what it is sent cannot. */
  sent?: readonly string[] | undefined;
  /** Of a call that was made: data categories that came back and were not filtered. */
  unfiltered?: readonly string[] | undefined;
  /** Data categories the call touches or touched, declared or detected. */
  categories: readonly string[];
  /** Epoch ms; the caller's clock. */
  at: number;
}

/** Why, in one word; a table in docs/decision.md explains each. */
export const FINDING_CODES = [
  'kill-switch',
  'agent-held',
  'run-not-running',
  'tool-not-allowed',
  'forbidden',
  'action-not-in-scope',
  'authority-level',
  'arguments-invalid',
  'category-not-allowed',
  'filtered',
  'filter-not-applied',
  'needs-approval',
  'needs-escalation',
  'never',
  'rate-limit',
  'budget-run',
  'budget-day',
  'budget-month',
  'token-ceiling',
  'call-ceiling',
  'repeated-call',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  /** The clause that says so, e.g. `tools/documents.ocr/categories`. */
  clause: string;
  code: FindingCode;
  lane: Lane;
  /** The offending part: an argument path, a category, a figure. */
  detail: string;
}

export interface Obligation {
  kind: 'approval' | 'escalation' | 'reviewed-output' | 'filtered-output';
  clause: string;
  /** Of `filtered-output`: the data categories to be filtered, and what is done with them. */
  categories?: readonly string[] | undefined;
  then?: FilterAct | undefined;
  by?: string | undefined;
  withinMinutes?: number | undefined;
}

export interface Evaluation {
  lane: Lane;
  findings: readonly Finding[];
  obligations: readonly Obligation[];
  /** Clauses that could not be decided because the arguments were not recorded. */
  undecided: readonly string[];
}
