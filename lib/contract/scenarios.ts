/**
 * Scenarios of a contract: calls with what went before them, and what the contract should answer. Run through the very
 * functions that decide at run time, so that a suite that passes says something about production. Pure.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { compile, touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { explain } from '@/lib/decision/explain';
import { addCall, emptyFacts } from '@/lib/decision/run-facts';
import { type IntendedCall, LANES, type Lane, type RunState } from '@/lib/decision/types';
import type { Issue } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { detect } from '@/lib/scoring/detectors';
import { policyOf } from './decides';
import { AUTHORITY_LEVELS, type Contract } from './schema';

const callSchema = z.strictObject({
  tool: z.string().min(1).max(200),
  /** Left out: none, as an agent that asks would send. */
  arguments: z.unknown().optional(),
  /** Data categories it touches besides those of its entry and those found in its arguments. */
  categories: z.array(z.string()).default([]),
});
const stateSchema = z.strictObject({
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']).default('running'),
  authorityLevel: z.enum(AUTHORITY_LEVELS).optional(),
  /** US dollars: of the run, and of all the agent's runs today and this month. */
  costUsd: z.number().min(0).default(0),
  dayCostUsd: z.number().min(0).optional(),
  monthCostUsd: z.number().min(0).optional(),
  tokens: z.int().min(0).default(0),
  /** Calls the run has made already, in order. */
  calls: z
    .array(callSchema.extend({ times: z.int().min(1).max(10_000).default(1) }))
    .max(1000)
    .default([]),
});
const scenarioSchema = z.strictObject({
  name: z.string().min(1).max(300),
  given: stateSchema.prefault({}),
  call: callSchema,
  expect: z.strictObject({
    lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
    /** Clauses that must be among those that decided. */
    clause: z.union([z.string().transform((clause) => [clause]), z.array(z.string())]).optional(),
    /** Who must be asked. */
    by: z.string().optional(),
  }),
});
export const suiteSchema = z.strictObject({
  /** The contract's file, relative to this one. */
  contract: z.string().min(1).optional(),
  scenarios: z.array(scenarioSchema).min(1).max(5000),
});
export type Suite = z.output<typeof suiteSchema>;
export type Scenario = Suite['scenarios'][number];

export interface ScenarioResult {
  name: string;
  passed: boolean;
  /** What differs from what was expected, a sentence each; empty when it passed. */
  differences: string[];
  answer: { lane: Lane; clauses: string[]; why: string[]; by: string[] };
}

/** A suite from YAML or JSON, or every fault in it. */
export function readSuite(source: string): { ok: true; suite: Suite } | { ok: false; issues: Issue[] } {
  const document = parseDocument(source, { version: '1.2', prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) return { ok: false, issues: [{ path: '', message: fault.message }] };
  const parsed = suiteSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return { ok: true, suite: parsed.data };
  return {
    ok: false,
    issues: parsed.error.issues.map((issue) => ({
      path: issue.path.map(String).join('/'),
      message: issue.message,
    })),
  };
}

/**
 * What the contract answers in each scenario, in their order. Calls of a scenario's past are a second apart.
 *
 * @param now epoch milliseconds at which the calls are asked for
 */
export function runSuite(contract: Contract, scenarios: readonly Scenario[], now: number): ScenarioResult[] {
  const policy = compile(policyOf(contract));
  const callOf = (call: z.output<typeof callSchema>, at: number): IntendedCall => {
    const args = call.arguments ?? {};
    const found = contract.risk.detectors.length === 0 ? [] : detect(json(args), contract.risk.detectors);
    return {
      tool: call.tool,
      arguments: args,
      argumentsDigest: digestOf(args),
      categories: touchedCategories(policy, call.tool, [...call.categories, ...found]),
      at,
    };
  };
  return scenarios.map(({ name, given, call, expect }) => {
    const past = given.calls.flatMap((each) => Array.from({ length: each.times }, () => each));
    const facts = emptyFacts();
    past.forEach((each, index) => {
      addCall(facts, policy, callOf(each, now - (past.length - index) * 1000));
    });
    const state: RunState = {
      ...facts,
      status: given.status,
      killSwitch: null,
      tokens: given.tokens,
      costUsd: given.costUsd,
      authorityLevel: given.authorityLevel ?? contract.authority.level,
      agentDayCostUsd: given.dayCostUsd ?? given.costUsd,
      agentMonthCostUsd: given.monthCostUsd ?? given.dayCostUsd ?? given.costUsd,
    };
    const { lane, findings, obligations } = evaluate(policy, state, callOf(call, now));
    const answer = {
      lane,
      clauses: [...new Set(findings.map((finding) => finding.clause))],
      why: findings.map(explain),
      by: [...new Set(obligations.flatMap((obligation) => obligation.by ?? []))],
    };
    const differences = differencesOf(expect, answer);
    return { name, passed: differences.length === 0, differences, answer };
  });
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
