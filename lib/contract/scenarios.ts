/**
 * Scenarios of a contract: calls with what went before them, and what the contract should answer. Run through the very
 * functions that decide at run time, so that a suite that passes says something about production. Pure.
 */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type CompiledPolicy, compile, toolOf, touchedCategories } from '@/lib/decision/compile';
import { YES } from '@/lib/decision/conditions';
import { evaluate } from '@/lib/decision/evaluate';
import { explain } from '@/lib/decision/explain';
import { addCall, emptyFacts } from '@/lib/decision/run-facts';
import { type IntendedCall, LANES, type Lane, type RunState } from '@/lib/decision/types';
import type { Issue } from '@/lib/errors';
import { canonicalJson } from '@/lib/evidence/canonical';
import { detect } from '@/lib/scoring/detectors';
import { policyOf } from './decides';
import { expectedOf, messageOf } from './expected';
import { placeOf } from './locate';
import { BEHAVIOURS, type Behaviour } from './scenario-behaviours';
import { AUTHORITY_LEVELS, type Contract } from './schema';

const callSchema = z.strictObject({
  tool: z.string().min(1).max(200).describe('The tool, by the name the agent calls it by.'),
  arguments: z
    .unknown()
    .optional()
    .describe('What it is called with. Left out: none, as an agent that asks would send.'),
  categories: z
    .array(z.string())
    .default([])
    .describe('Data categories it touches besides those of its entry and those found in its arguments.'),
});
const stateSchema = z.strictObject({
  status: z
    .enum(['running', 'paused', 'stopping', 'stopped', 'finished'])
    .default('running')
    .describe('What the run is when it asks.'),
  killSwitch: z.boolean().default(false).describe('True while somebody has stopped the agent.'),
  held: z
    .enum(['no', 'paused', 'recovering'])
    .default('no')
    .describe('Whether the agent is paused after breaches; recovering: what remediation needs still passes.'),
  authorityLevel: z
    .enum(AUTHORITY_LEVELS)
    .optional()
    .describe('How much the agent may do now, when that is less than its contract says.'),
  costUsd: z.number().min(0).default(0).describe('US dollars the run has spent.'),
  dayCostUsd: z
    .number()
    .min(0)
    .optional()
    .describe('US dollars all its runs have spent today, this one included.'),
  monthCostUsd: z
    .number()
    .min(0)
    .optional()
    .describe('US dollars all its runs have spent this month, this one included.'),
  tokens: z.int().min(0).default(0).describe('Tokens the run has used.'),
  calls: z
    .array(
      callSchema.extend({
        times: z.int().min(1).max(10_000).default(1).describe('How often it was made.'),
      }),
    )
    .max(1000)
    .default([])
    .describe('Calls the run has made already, in order, a second apart.'),
});
/** So that no suite keeps its runner busy for long: each is a call the run is taken to have made. */
const MOST_PAST_CALLS = 200_000;

export const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(300).describe('What it shows, as a sentence.'),
  behaviour: z
    .enum(BEHAVIOURS)
    .optional()
    .describe('Which of the six behaviours it shows; gate G3 asks for each of them.'),
  given: stateSchema.prefault({}).describe('What the run has done and spent before.'),
  call: callSchema.describe('The call it asks for.'),
  expect: z
    .strictObject({
      lane: z.enum(['allow', 'degrade', 'escalate', 'block']).describe('The answer.'),
      clause: z
        .union([z.string().transform((clause) => [clause]), z.array(z.string())])
        .optional()
        .describe('One clause or several that must be among those that decided.'),
      by: z.string().optional().describe('Who must be asked.'),
    })
    .describe('What the contract must answer.'),
});
export type Scenario = z.output<typeof scenarioSchema>;

export const suiteSchema = z.strictObject({
  contract: z
    .string()
    .min(1)
    .optional()
    .describe('The contract’s file, relative to this one; for the command line.'),
  scenarios: z
    .array(scenarioSchema)
    .min(1)
    .max(5000)
    .refine((scenarios) => scenarios.reduce((sum, each) => sum + pastCalls(each), 0) <= MOST_PAST_CALLS, {
      error: `A suite has at most ${MOST_PAST_CALLS} past calls in all.`,
    })
    .describe('Each runs on its own.'),
});
export type Suite = z.output<typeof suiteSchema>;
/** A scenario as a person writes it, defaults left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;

function pastCalls({ given }: Scenario): number {
  return given.calls.reduce((sum, call) => sum + call.times, 0);
}

export interface ScenarioResult {
  name: string;
  behaviour: Behaviour | null;
  expected: Scenario['expect'];
  passed: boolean;
  /** What differs from what was expected, a sentence each; empty when it passed. */
  differences: string[];
  answer: { lane: Lane; clauses: string[]; why: string[]; by: string[] };
  /** Clauses that had a say in it: those that objected, and those that let it pass. */
  exercised: string[];
}

/** A suite from YAML or JSON, or every fault in it with its line. */
export function readSuite(source: string): { ok: true; suite: Suite } | { ok: false; issues: Issue[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { version: '1.2', prettyErrors: false, lineCounter: lines });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    return {
      ok: false,
      issues: [{ path: '', line: Math.max(1, line), column: Math.max(1, col), message: fault.message }],
    };
  }
  const read = toPlain(document);
  if (!read.ok) return { ok: false, issues: [{ path: '', message: read.message }] };
  const parsed = suiteSchema.safeParse(read.value, { reportInput: true });
  if (parsed.success) return { ok: true, suite: parsed.data };
  return {
    ok: false,
    issues: parsed.error.issues.flatMap((issue) => issuesOf(issue, document, lines)).slice(0, 200),
  };
}

/** Aliases that unfold without end are refused by the library. */
function toPlain(document: Document): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? `${error.message}.` : 'This cannot be read.' };
  }
}

function issuesOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): Issue[] {
  const at = (path: readonly PropertyKey[]) => ({
    path: path.map(String).join('/'),
    ...placeOf(document, lines, path),
  });
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      ...at([...issue.path, key]),
      message: `"${key}" is not known here.`,
    }));
  if (issue.code === 'custom') return [{ ...at(issue.path), message: issue.message }];
  const missing =
    issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  const expected = expectedOf(issue);
  return [
    {
      ...at(issue.path),
      message: messageOf(issue, missing),
      ...(expected === undefined ? {} : { expected }),
      ...(missing ? { missing } : {}),
    },
  ];
}

/**
 * What the contract answers in each scenario, in their order. Calls of a scenario's past are a second apart.
 *
 * @param now epoch milliseconds at which the calls are asked for
 */
export function runSuite(contract: Contract, scenarios: readonly Scenario[], now: number): ScenarioResult[] {
  return scenarios.map(scenarioRunner(contract, now));
}

/** The same for one scenario after the other, with the contract made ready once. */
export function scenarioRunner(contract: Contract, now: number): (scenario: Scenario) => ScenarioResult {
  const policy = compile(policyOf(contract));
  const callOf = (call: z.output<typeof callSchema>, at: number): IntendedCall => {
    const args = call.arguments ?? {};
    const found = contract.risk.detectors.length === 0 ? [] : detect(json(args), contract.risk.detectors);
    return {
      tool: call.tool,
      arguments: args,
      // Stands for itself: suites run in browsers too, which have no synchronous digest.
      argumentsDigest: canonicalJson(args),
      categories: touchedCategories(policy, call.tool, [...call.categories, ...found]),
      at,
    };
  };
  return ({ name, behaviour, given, call, expect }) => {
    const past = given.calls.flatMap((each) => Array.from({ length: each.times }, () => each));
    const facts = emptyFacts();
    past.forEach((each, index) => {
      addCall(facts, policy, callOf(each, now - (past.length - index) * 1000));
    });
    const state: RunState = {
      ...facts,
      status: given.status,
      killSwitch: given.killSwitch ? 'this agent' : null,
      held: given.held === 'no' ? null : { step: 'pause', recover: given.held === 'recovering' },
      tokens: given.tokens,
      costUsd: given.costUsd,
      authorityLevel: given.authorityLevel ?? contract.authority.level,
      agentDayCostUsd: given.dayCostUsd ?? given.costUsd,
      agentMonthCostUsd: given.monthCostUsd ?? given.dayCostUsd ?? given.costUsd,
    };
    const asked = callOf(call, now);
    const { lane, findings, obligations } = evaluate(policy, state, asked);
    const answer = {
      lane,
      clauses: [...new Set(findings.map((finding) => finding.clause))],
      why: findings.map(explain),
      by: [...new Set(obligations.flatMap((obligation) => obligation.by ?? []))],
    };
    const differences = differencesOf(expect, answer);
    return {
      name,
      behaviour: behaviour ?? null,
      expected: expect,
      passed: differences.length === 0,
      differences,
      answer,
      exercised: [...new Set([...answer.clauses, ...silent(policy, asked, lane)])],
    };
  };
}

/** Clauses that said yes: the tool's entry, and what lets a call pass without a person. */
function silent(policy: CompiledPolicy, call: IntendedCall, lane: Lane): string[] {
  const tool = toolOf(policy, call.tool);
  if (tool.entry === null || tool.action === null) return [];
  const clauses = [`tools/${tool.entry}`];
  const freed = tool.freedoms.filter((rule) => rule.matches(call) === YES);
  clauses.push(...freed.map((rule) => rule.clause));
  if (lane === 'allow' && freed.length === 0 && tool.fallback === null)
    clauses.push(`authority/defaults/${tool.action}`);
  if (lane === 'allow') clauses.push('scope/actions', 'authority/level');
  return clauses;
}

function differencesOf(expected: Scenario['expect'], answer: ScenarioResult['answer']): string[] {
  const differences: string[] = [];
  if (answer.lane !== expected.lane) {
    const wider = LANES.indexOf(answer.lane) < LANES.indexOf(expected.lane);
    differences.push(
      `Expected ${expected.lane}, got ${answer.lane}: the contract is ${wider ? 'wider' : 'narrower'} than expected.`,
    );
  }
  for (const clause of expected.clause ?? [])
    if (!answer.clauses.includes(clause))
      differences.push(
        `Expected ${clause} to decide; ${answer.clauses.length === 0 ? 'no clause objected' : `it was ${answer.clauses.join(', ')}`}.`,
      );
  if (expected.by !== undefined && !answer.by.includes(expected.by))
    differences.push(
      `Expected ${expected.by} to be asked; ${answer.by.length === 0 ? 'nobody is' : `${answer.by.join(', ')} is`}.`,
    );
  return differences;
}

function json(value: unknown): z.core.util.JSONType {
  const parsed = z.json().safeParse(value);
  return parsed.success ? parsed.data : null;
}
