import { LANE_ON_BREACH } from '@/lib/decision/compile';
import type { Lane } from '@/lib/decision/types';
import { formatCount, formatMoney } from '@/lib/format';
import { BEHAVIOURS, type Behaviour } from '../scenario-behaviours';
import type { ArgumentSchema, Contract } from '../schema';
import { type FromTemplate, satisfying, Workbench } from './workbench';

/** Of a kind, so many examples show it; a person adds those that matter. */
const ENOUGH = 3;

const MAKE: Readonly<Record<Behaviour, (bench: Workbench) => void>> = {
  'missing-evidence': missingEvidence,
  'policy-mismatch': policyMismatch,
  'tool-failure': toolFailure,
  'ambiguous-input': ambiguousInput,
  'cost-overrun': costOverrun,
  rollback,
};

/**
 * Scenarios of one behaviour for the contract at hand: with its own tools, ceilings and rules. Each passes as it is made,
 * because it is put to `evaluate`; none is made for what the runtime does not decide, and the notes say so. Pure.
 */
export function fromTemplate(contract: Contract, behaviour: Behaviour): FromTemplate {
  const bench = new Workbench(contract, behaviour);
  MAKE[behaviour](bench);
  return bench.made();
}

/** All six, in their order. */
export function fromTemplates(contract: Contract): FromTemplate[] {
  return BEHAVIOURS.map((behaviour) => fromTemplate(contract, behaviour));
}

function missingEvidence(bench: Workbench): void {
  const { evidence } = bench.contract;
  const before = new Set(evidence.flatMap((item) => item.before));
  const tools = [...bench.tools].sort(([a], [b]) => Number(before.has(b)) - Number(before.has(a)));
  let made = 0;
  for (const [name, tool] of tools) {
    for (const field of tool.arguments?.required ?? []) {
      const call = bench.callOf(name);
      if (made >= ENOUGH || call === null || !isRecord(call.arguments)) continue;
      const { [field]: _, ...rest } = call.arguments;
      const added = bench.add({
        name: `${name} without ${field} is refused`,
        call: { ...call, arguments: rest },
        lane: 'block',
        clause: `tools/${name}/arguments`,
      });
      if (added) made += 1;
    }
  }
  if (made === 0)
    bench.note(
      'No tool has required arguments, so a call that lacks some cannot be told. Give those that need them an argument schema.',
    );
  for (const item of evidence)
    if (item.requires !== 'complete-fields')
      bench.note(
        `evidence/${item.id} is not decided call by call: a scenario cannot show it, and a reviewer has to.`,
      );
}

function policyMismatch(bench: Workbench): void {
  const { scope, tools } = bench.contract;
  const everyday = bench.everyday();
  for (const act of scope.forbidden) {
    const clause = `scope/forbidden/${act.id}`;
    const name = `Forbidden: ${withoutStop(act.statement)}`;
    const tool = act.tools.find((each) => each !== '*');
    const ofClass = bench.tools.find(([, each]) => act.actions.includes(each.action))?.[0];
    const call =
      tool !== undefined || ofClass !== undefined
        ? (bench.callOf(tool ?? ofClass ?? '') ?? { tool: tool ?? ofClass ?? '' })
        : everyday;
    if (call === null) continue;
    bench.add({
      name,
      call:
        tool === undefined && ofClass === undefined
          ? { ...call, categories: act.categories.slice(0, 1) }
          : call,
      lane: 'block',
      clause,
    });
  }
  if (!Object.hasOwn(tools, '*'))
    bench.add({
      name: 'A tool the contract does not list is refused',
      call: { tool: 'not.in.the.contract' },
      lane: 'block',
      clause: 'tools/not.in.the.contract',
    });
  const heavy = Object.entries(bench.contract.risk.categories).sort(([, a], [, b]) => b - a);
  for (const [category] of heavy) {
    if (everyday === null) break;
    const added = bench.add({
      name: `${everyday.tool} may not touch ${category}`,
      call: { ...everyday, categories: [category] },
      lane: 'block',
      clause: `tools/${everyday.tool}/categories`,
    });
    if (added) break;
  }
}

function toolFailure(bench: Workbench): void {
  const { cost, failure } = bench.contract;
  const passing = bench.passing();
  const failing = passing[0];
  if (failing === undefined) {
    bench.note('No tool may be called without a person, so none can fail in the middle of a run by itself.');
    return;
  }
  const { repeatedCalls, callsPerRun } = cost;
  const limited = bench.tools.find(([, tool]) => tool.rateLimit?.per === 'run');
  if (repeatedCalls !== undefined)
    bench.add({
      name: `${failing.tool} fails and the agent tries the same call again, and again`,
      given: { calls: [{ ...failing, times: repeatedCalls }] },
      call: failing,
      lane: LANE_ON_BREACH[cost.onBreach.repeatedCalls],
      clause: 'cost/repeatedCalls',
    });
  if (limited !== undefined) {
    const [name, tool] = limited;
    const call = bench.callOf(name);
    const calls = tool.rateLimit?.calls ?? 1;
    if (call !== null)
      bench.add({
        name: `${name} is tried no more than ${calls} times in a run`,
        given: { calls: [{ ...call, times: calls }] },
        call,
        lane: 'block',
        clause: `tools/${name}/rateLimit`,
      });
  }
  if (repeatedCalls === undefined && limited === undefined && callsPerRun !== undefined)
    bench.add({
      name: `${failing.tool} fails and the agent tries until its calls are used up`,
      given: { calls: [{ ...failing, times: callsPerRun }] },
      call: failing,
      lane: LANE_ON_BREACH[cost.onBreach.callsPerRun],
      clause: 'cost/callsPerRun',
    });
  if (bench.scenarios.length === 0) {
    bench.note(
      'Nothing limits how often a failing call is tried again: set cost.repeatedCalls or a rate limit.',
    );
    return;
  }
  const isWayOut = (call: { tool: string }) =>
    call.tool !== failing.tool && bench.contract.tools[call.tool]?.action !== 'read';
  const other = passing.find(isWayOut) ?? passing[1];
  if (other !== undefined)
    bench.add({
      name: `After ${failing.tool} failed, ${other.tool} is still open`,
      given: { calls: [failing] },
      call: other,
      lane: 'allow',
    });
  const breakers = bench.tools.filter(([, tool]) => tool.circuitBreaker !== undefined);
  for (const [name] of breakers)
    bench.note(
      `tools/${name}/circuitBreaker is the agent's own to keep: the runtime sees no failures before it decides.`,
    );
  if (failure.kinds.toolFailure === 'fall-back' && other === undefined)
    bench.note('failure/kinds/toolFailure says to fall back, and there is no other tool to fall back to.');
}

function ambiguousInput(bench: Workbench): void {
  let refused = 0;
  for (const [name, tool] of bench.tools) {
    const call = bench.callOf(name);
    const odd = unclear(tool.arguments);
    if (refused >= 2 || call === null || odd === null) continue;
    const added = bench.add({
      name: `${name} with an unclear ${odd.field} is refused`,
      call: {
        ...call,
        arguments: { ...(isRecord(call.arguments) ? call.arguments : {}), [odd.field]: odd.value },
      },
      lane: 'block',
      clause: `tools/${name}/arguments`,
    });
    if (added) refused += 1;
  }
  let asked = 0;
  for (const rule of bench.contract.authority.rules) {
    if (rule.tier === 'alone' || asked >= ENOUGH) continue;
    const under = satisfying(rule.when);
    const names = rule.tools.length > 0 ? rule.tools : bench.tools.map(([name]) => name);
    if (under === null) continue;
    for (const name of names) {
      const call = bench.callOf(name, under.arguments);
      if (call === null) continue;
      const added = bench.add({
        name: `Not for the agent to decide: ${withoutStop(rule.statement ?? `${name} under ${rule.id}`)}`,
        call: under.categories.length === 0 ? call : { ...call, categories: under.categories },
        lane: rule.tier === 'never' ? 'block' : 'escalate',
        clause: `authority/${rule.id}`,
        by: rule.by,
      });
      if (added) {
        asked += 1;
        break;
      }
    }
  }
  for (const action of ['transact', 'write'] as const) {
    const tier = bench.contract.authority.defaults[action];
    if (tier === 'alone' || asked > 0) continue;
    for (const [name, tool] of bench.tools) {
      const call = tool.action === action ? bench.callOf(name) : null;
      if (call === null) continue;
      const clause = `authority/defaults/${action}`;
      if (bench.add({ name: `No rule lets ${name} go by itself`, call, lane: laneOf(tier), clause })) break;
    }
  }
  if (bench.scenarios.length === 0)
    bench.note(
      'No tool has typed arguments and no rule hands a call to a person, so unclear input looks like any other.',
    );
}

function costOverrun(bench: Workbench): void {
  const { cost } = bench.contract;
  const call = bench.everyday();
  if (call === null) return;
  const lane = (key: keyof typeof cost.onBreach): Lane => LANE_ON_BREACH[cost.onBreach[key]];
  if (cost.perRun !== undefined)
    bench.add({
      name: `A run that spent more than ${formatMoney(cost.perRun)}`,
      given: { costUsd: above(cost.perRun) },
      call,
      lane: lane('perRun'),
      clause: 'cost/perRun',
    });
  if (cost.perDay !== undefined)
    bench.add({
      name: `All runs of the day spent more than ${formatMoney(cost.perDay)}`,
      given: { dayCostUsd: above(cost.perDay) },
      call,
      lane: lane('perDay'),
      clause: 'cost/perDay',
    });
  if (cost.perMonth !== undefined)
    bench.add({
      name: `All runs of the month spent more than ${formatMoney(cost.perMonth)}`,
      given: { dayCostUsd: 0, monthCostUsd: above(cost.perMonth) },
      call,
      lane: lane('perMonth'),
      clause: 'cost/perMonth',
    });
  if (cost.tokensPerRun !== undefined)
    bench.add({
      name: `A run that used more than ${formatCount(cost.tokensPerRun)} tokens`,
      given: { tokens: cost.tokensPerRun + 1 },
      call,
      lane: lane('tokensPerRun'),
      clause: 'cost/tokensPerRun',
    });
  if (cost.callsPerRun !== undefined)
    bench.add({
      name: `A run that made all its ${cost.callsPerRun} calls`,
      given: { calls: [{ ...call, times: cost.callsPerRun }] },
      call,
      lane: lane('callsPerRun'),
      clause: 'cost/callsPerRun',
    });
  if (bench.scenarios.length === 0) bench.note('The contract sets no ceiling, so no cost is an overrun.');
}

function rollback(bench: Workbench): void {
  for (const [done, undo] of compensations(bench.contract)) {
    const before = bench.callOf(done);
    const call = bench.callOf(undo);
    if (before === null || call === null) continue;
    const answer = bench.answer(call, { calls: [before] });
    if (answer.lane === 'block') {
      bench.note(`${undo} takes back ${done}, and the contract refuses it: ${answer.why.join(' ')}`);
      continue;
    }
    bench.add({
      name: `${undo} takes back ${done}${answer.lane === 'escalate' ? ', once a person agrees' : ''}`,
      given: { calls: [before] },
      call,
      lane: answer.lane,
    });
  }
  const call = bench.everyday();
  if (call === null) return;
  bench.add({
    name: 'A run that is paused for a rollback does nothing more',
    given: { status: 'paused' },
    call,
    lane: 'block',
    clause: 'run/status',
  });
  bench.add({
    name: 'Behind the kill switch nothing goes through',
    given: { killSwitch: true },
    call,
    lane: 'block',
    clause: 'failure/killSwitch',
  });
}

/** What was done and what takes it back, each pair once. */
function compensations({ tools, failure }: Contract): [done: string, undo: string][] {
  const pairs = new Map<string, [string, string]>();
  for (const { tool, by } of failure.compensations) pairs.set(`${tool} ${by}`, [tool, by]);
  for (const [name, { reversible }] of Object.entries(tools))
    if (typeof reversible === 'object') pairs.set(`${name} ${reversible.by}`, [name, reversible.by]);
  return [...pairs.values()];
}

/** An argument that says something else than its schema asks for; null when the schema takes anything. */
function unclear(schema: ArgumentSchema | undefined): { field: string; value: unknown } | null {
  const fields = Object.entries(schema?.properties ?? {});
  const isNumber = ([, field]: (typeof fields)[number]) =>
    field.type === 'number' || field.type === 'integer';
  const number = fields.find(isNumber);
  if (number !== undefined) return { field: number[0], value: 'about as much as last time' };
  const chosen = fields.find(([, field]) => field.enum !== undefined || field.const !== undefined);
  if (chosen !== undefined) return { field: chosen[0], value: 'the usual one' };
  const shaped = fields.find(([, field]) => field.pattern !== undefined);
  if (shaped !== undefined) return { field: shaped[0], value: '?' };
  const text = fields.find(([, field]) => field.type === 'string');
  return text === undefined ? null : { field: text[0], value: ['this one', 'or that one'] };
}

function laneOf(tier: 'alone' | 'approval' | 'escalation' | 'never'): Lane {
  return tier === 'never' ? 'block' : tier === 'alone' ? 'allow' : 'escalate';
}

/** A little more, to the cent. */
function above(usd: number): number {
  return Math.round((usd + 0.01) * 100) / 100;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '').slice(0, 200);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
