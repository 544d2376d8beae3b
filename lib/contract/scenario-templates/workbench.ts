import type { Lane } from '@/lib/decision/types';
import { type SampleArguments, sampleArguments } from '../sample-arguments';
import type { Behaviour } from '../scenario-behaviours';
import { type ScenarioInput, type ScenarioResult, scenarioRunner, scenarioSchema } from '../scenarios';
import type { Condition, Contract, Tool } from '../schema';

/** What a template makes of a contract. */
export interface FromTemplate {
  behaviour: Behaviour;
  scenarios: ScenarioInput[];
  /** What cannot be shown by scenarios, and why, a sentence each. */
  notes: string[];
}

type CallInput = ScenarioInput['call'];
interface Idea {
  name: string;
  given?: ScenarioInput['given'];
  call: CallInput;
  /** What follows from the clause alone; another clause may be stricter still. */
  lane: Lane;
  clause?: string;
  by?: string | undefined;
}

/** Any moment serves: calls of an example are a second apart, and nothing else asks for the time. */
const NOON = Date.UTC(2026, 0, 15, 12);

/** Where a template puts its ideas to the contract: kept is what the contract answers by the very clause it is about. */
export class Workbench {
  readonly scenarios: ScenarioInput[] = [];
  readonly notes: string[] = [];
  private readonly run: ReturnType<typeof scenarioRunner>;

  constructor(
    readonly contract: Contract,
    readonly behaviour: Behaviour,
  ) {
    this.run = scenarioRunner(contract, NOON);
  }

  /** True when the idea holds. What answers more strictly than its clause alone is expected so, for that is the contract. */
  add({ name, given, call, lane, clause, by }: Idea): boolean {
    const answer = this.answer(call, given);
    if (clause !== undefined && !answer.clauses.includes(clause)) return false;
    if (clause === undefined && answer.lane !== lane) return false;
    const asked = by !== undefined && answer.by.includes(by) ? by : undefined;
    if (this.scenarios.some((known) => known.name === name)) return false;
    this.scenarios.push({
      name,
      behaviour: this.behaviour,
      ...(given === undefined ? {} : { given }),
      call,
      expect: {
        lane: answer.lane,
        ...(clause === undefined ? {} : { clause }),
        ...(asked === undefined ? {} : { by: asked }),
      },
    });
    return true;
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  answer(call: CallInput, given: ScenarioInput['given'] = {}): ScenarioResult['answer'] {
    const scenario = scenarioSchema.parse({ name: 'x', given, call, expect: { lane: 'allow' } });
    return this.run(scenario).answer;
  }

  /** The contract's tools, without the one that stands for all others. */
  get tools(): [name: string, tool: Tool][] {
    return Object.entries(this.contract.tools).filter(([name]) => name !== '*');
  }

  /** A call of the tool as it should be; null when no fitting arguments could be found. */
  callOf(name: string, also: SampleArguments = {}): CallInput | null {
    const args = sampleArguments(this.contract.tools[name]?.arguments, also);
    if (args === null) return null;
    return Object.keys(args).length === 0 ? { tool: name } : { tool: name, arguments: args };
  }

  /** Calls as they should be that go through, in the contract's order. */
  passing(): CallInput[] {
    return this.tools.flatMap(([name]) => {
      const call = this.callOf(name);
      return call !== null && this.answer(call).lane === 'allow' ? [call] : [];
    });
  }

  /** A call that goes through, else one that asks least. Null for a contract without tools. */
  everyday(): CallInput | null {
    const [first] = this.passing();
    if (first !== undefined) return first;
    const calls = this.tools.flatMap(([name]) => this.callOf(name) ?? []);
    return calls.find((call) => this.answer(call).lane !== 'block') ?? calls[0] ?? null;
  }

  made(): FromTemplate {
    return { behaviour: this.behaviour, scenarios: this.scenarios, notes: this.notes };
  }
}

/** Arguments and categories under which conditions hold; null when they ask for what cannot be made up. */
export function satisfying(
  conditions: readonly Condition[],
): { arguments: SampleArguments; categories: string[] } | null {
  const args: SampleArguments = {};
  const categories: string[] = [];
  for (const condition of conditions) {
    const value = satisfyingValue(condition);
    if (condition.field === 'category') {
      if (typeof value !== 'string') return null;
      categories.push(value);
    } else if (condition.field.startsWith('arg.')) {
      if (condition.op === 'absent') continue;
      place(args, condition.field.slice('arg.'.length).split('.'), value);
    } else return null;
  }
  return { arguments: args, categories };
}

function satisfyingValue(condition: Condition): unknown {
  switch (condition.op) {
    case '<':
      return condition.value > 1 ? Math.ceil(condition.value) - 1 : condition.value - 0.01;
    case '>':
      return Math.floor(condition.value) + 1;
    case '<=':
    case '>=':
    case '=':
      return condition.value;
    case 'in':
      return condition.value[0];
    case '!=':
    case 'not-in':
      return 'another';
    case 'present':
      return 'there';
    case 'absent':
      return undefined;
  }
}

function place(into: SampleArguments, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const inner: SampleArguments = {};
  place(inner, rest, value);
  into[key] = inner;
}
