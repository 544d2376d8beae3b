/**
 * Proposals for a contract from what an agent did. Each says what it would write, by which rule, and which runs bear it
 * out; a person takes or leaves each. What an agent did is no measure of what it should: nothing here is taken by itself.
 * Pure.
 */
import { formatCount, formatPercent, plural } from '@/lib/format';
import { CATEGORIES, categoryTitle } from './categories';
import { ceilingOf, figure, LEAST_RUNS } from './ceiling';
import { classifyTool, type ToolSuggestion } from './classify-tool';
import type { Edit } from './edit-value';
import { inferArguments } from './infer-arguments';
import type { Observed, ObservedTool, RunRef } from './observed';
import type { Contract, ContractInput } from './schema';

export interface Proposal {
  /** Stable: the clause it is about, and for a category which one. */
  id: string;
  clause: string;
  part: 'tools' | 'data' | 'arguments' | 'limits' | 'cost';
  /** The tool it is about; null for the contract as a whole. */
  tool: string | null;
  /** The proposal without which this one makes no sense. */
  needs: string | null;
  title: string;
  /** What would be written, as a value. */
  value: unknown;
  /** What stands there now, in words; null when nothing does. */
  now: string | null;
  /** Why, a sentence each; the rule behind a figure is among them. */
  reasons: string[];
  /** What should make one hesitate. */
  doubts: string[];
  examples: RunRef[];
  edits: Edit[];
}

export interface Proposals {
  proposals: Proposal[];
  /** What was seen and nothing is proposed for, a sentence each. */
  notes: string[];
}

/** A tool as people here decided it in the catalogue. */
export type DecidedTool = ContractInput['tools'][string];

/**
 * @param contract what the agent has now; null for one that is written from nothing
 * @param decided tools of the catalogue by name; what a person decided goes before what a name suggests
 */
export function propose(
  observed: Observed,
  contract: Contract | null,
  decided: Readonly<Record<string, DecidedTool>> = {},
): Proposals {
  const notes: string[] = [];
  const others = observed.tools.map((tool) => tool.name);
  const proposals = observed.tools.flatMap((tool) => {
    const forbids = contract?.scope.forbidden.find((act) => act.tools.includes(tool.name));
    if (forbids !== undefined) {
      notes.push(
        `${tool.name} was called in ${plural(tool.runs, 'run')}, and scope/forbidden/${forbids.id} forbids it: ${forbids.statement}`,
      );
      return [];
    }
    return ofTool(tool, contract, decided[tool.name], others);
  });
  if (observed.unpricedRuns > 0)
    notes.push(
      `${plural(observed.unpricedRuns, 'run')} called a model without a price. Their cost is not known and not counted here.`,
    );
  if (observed.runs > 0 && observed.runs < LEAST_RUNS)
    notes.push(
      `There ${observed.runs === 1 ? 'is' : 'are'} only ${plural(observed.runs, 'run')}: no ceiling is proposed from fewer than ${LEAST_RUNS}.`,
    );
  return { proposals: [...proposals, ...ceilings(observed, contract)], notes };
}

function ofTool(
  tool: ObservedTool,
  contract: Contract | null,
  decided: DecidedTool | undefined,
  others: readonly string[],
): Proposal[] {
  const listed =
    contract !== null && Object.hasOwn(contract.tools, tool.name) ? contract.tools[tool.name] : undefined;
  const inferred = inferArguments(tool.arguments.values);
  const suggestion = classifyTool({
    name: tool.name,
    schema: inferred ?? { properties: seenArguments(tool) },
    others,
  });
  const id = `tools/${tool.name}`;
  const allow = listed === undefined ? [allowed(tool, suggestion, decided)] : [];
  const needs = listed === undefined ? id : null;
  return [
    ...allow,
    ...categories(
      tool,
      suggestion,
      listed?.categories ?? decided?.categories ?? [],
      contract,
      needs,
      decided,
    ),
    ...(inferred !== undefined && listed?.arguments === undefined && decided?.arguments === undefined
      ? [argumentsOf(tool, inferred, needs)]
      : []),
    ...rateLimit(tool, listed?.rateLimit, decided, needs),
  ];
}

function allowed(tool: ObservedTool, suggestion: ToolSuggestion, decided: DecidedTool | undefined): Proposal {
  const value: DecidedTool = decided ?? {
    action: suggestion.action.value,
    ...(suggestion.egress.value ? { egress: true } : {}),
    categories: [],
    ...(suggestion.idempotencyKey === null ? {} : { idempotencyKey: suggestion.idempotencyKey.value }),
    ...(suggestion.action.value !== 'read' && suggestion.reversible.value !== false
      ? { reversible: suggestion.reversible.value }
      : {}),
  };
  const { calls, failures } = tool.sampled;
  return {
    id: `tools/${tool.name}`,
    clause: `tools/${tool.name}`,
    part: 'tools',
    tool: tool.name,
    needs: null,
    title: `Allow it: ${value.action}${value.egress === true ? ', can carry data out' : ''}`,
    value,
    now: null,
    reasons: [
      `Called ${plural(tool.calls, 'time')} in ${plural(tool.runs, 'run')}.${failures === 0 ? '' : ` ${formatPercent(failures / calls)} of ${plural(calls, 'call')} looked at failed.`}`,
      ...(decided !== undefined
        ? ['Classified by a person, in the tool catalogue.']
        : [
            `${value.action}: ${suggestion.action.why}`,
            ...(suggestion.egress.value ? [`Can carry data out: ${suggestion.egress.why}`] : []),
            ...(suggestion.action.value !== 'read' && suggestion.reversible.value !== false
              ? [`Can be taken back: ${suggestion.reversible.why}`]
              : []),
          ]),
    ],
    doubts: decided !== undefined ? [] : doubtsOf(suggestion),
    examples: tool.examples,
    edits: [{ op: 'set', path: ['tools', tool.name], value }],
  };
}

function doubtsOf(suggestion: ToolSuggestion): string[] {
  return suggestion.action.sure === 'guess' && suggestion.doubts.length === 0
    ? ['What it does is a guess: look at a call before you take it.']
    : suggestion.doubts;
}

function categories(
  tool: ObservedTool,
  suggestion: ToolSuggestion,
  has: readonly string[],
  contract: Contract | null,
  needs: string | null,
  decided: DecidedTool | undefined,
): Proposal[] {
  const seen = tool.categories.filter(({ category }) => !has.includes(category));
  // Where a person has said which data it touches, what its name sounds like is no news.
  const settled = decided !== undefined || (contract !== null && Object.hasOwn(contract.tools, tool.name));
  const sounds = settled
    ? []
    : suggestion.categories.filter(
        ({ category }) =>
          !has.includes(category) && !tool.categories.some((each) => each.category === category),
      );
  const one = (category: string, reasons: string[], doubts: string[], examples: RunRef[]): Proposal => {
    const weight = weightToAdd(category, contract);
    return {
      id: `tools/${tool.name}/categories/${category}`,
      clause: `tools/${tool.name}/categories`,
      part: 'data',
      tool: tool.name,
      needs,
      title: `It may touch ${categoryTitle(category)} data`,
      value: category,
      now: has.length === 0 ? null : has.map(categoryTitle).join(', '),
      reasons: [
        ...reasons,
        ...(weight === null
          ? []
          : [`Risk weighs it ${weight} of 10 from then on, our usual weight; it has none yet.`]),
      ],
      doubts: [...doubts, ...forbiddenData(category, contract)],
      examples,
      edits: [
        { op: 'insert', path: ['tools', tool.name, 'categories'], index: has.length, value: category },
        ...(weight === null
          ? []
          : [{ op: 'set' as const, path: ['risk', 'categories', category], value: weight }]),
      ],
    };
  };
  return [
    ...seen.map(({ category, calls, examples }) =>
      one(
        category,
        [
          `Seen in ${formatCount(calls)} of ${plural(tool.sampled.calls, 'call')}: sent with the call or found in its content.`,
        ],
        settled ? ['Its entry does not list this data, so such calls are breaches today.'] : [],
        examples,
      ),
    ),
    ...sounds.map(({ category, why }) =>
      one(category, [why], ['Not seen in any call: only its name says so.'], tool.examples),
    ),
  ];
}

function forbiddenData(category: string, contract: Contract | null): string[] {
  const act = contract?.scope.forbidden.find((each) => each.categories.includes(category));
  return act === undefined
    ? []
    : [`scope/forbidden/${act.id} forbids this data: ${act.statement} Calls that touch it stay refused.`];
}

/** The weight a category starts with where the contract's profile has none for it. */
function weightToAdd(category: string, contract: Contract | null): number | null {
  if (contract !== null && Object.hasOwn(contract.risk.categories, category)) return null;
  return CATEGORIES.find((known) => known.slug === category)?.weight ?? 5;
}

function argumentsOf(
  tool: ObservedTool,
  inferred: NonNullable<ReturnType<typeof inferArguments>>,
  needs: string | null,
): Proposal {
  const names = Object.keys(inferred.properties ?? {});
  const always = inferred.required?.length ?? 0;
  return {
    id: `tools/${tool.name}/arguments`,
    clause: `tools/${tool.name}/arguments`,
    part: 'arguments',
    tool: tool.name,
    needs,
    title: `Its calls have the arguments ${names.join(', ')}`,
    value: inferred,
    now: null,
    reasons: [
      `All of the ${plural(tool.arguments.values.length, 'latest call')} whose arguments were recorded fit it; ${always === names.length ? 'every argument was' : `${always} of ${names.length} arguments were`} always there.`,
      ...(tool.arguments.missing === 0
        ? []
        : [
            `${plural(tool.arguments.missing, 'call')} came without arguments recorded and could not be looked at.`,
          ]),
    ],
    doubts: ['A call that does not fit is refused, also one that nobody has thought of yet.'],
    examples: tool.examples,
    edits: [{ op: 'set', path: ['tools', tool.name, 'arguments'], value: inferred }],
  };
}

/** Argument names as far as calls showed them, for the classifier; no types. */
function seenArguments(tool: ObservedTool): Record<string, object> {
  const names = tool.arguments.values.flatMap((value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  );
  return Object.fromEntries([...new Set(names)].slice(0, 100).map((name) => [name, {}]));
}

function rateLimit(
  tool: ObservedTool,
  has: { calls: number; per: string } | undefined,
  decided: DecidedTool | undefined,
  needs: string | null,
): Proposal[] {
  if (has !== undefined || decided?.rateLimit !== undefined) return [];
  const found = ceilingOf(tool.callsPerRun, 'whole');
  if (found === null) return [];
  const value = { calls: found.value, per: 'run' as const };
  return [
    {
      id: `tools/${tool.name}/rateLimit`,
      clause: `tools/${tool.name}/rateLimit`,
      part: 'limits',
      tool: tool.name,
      needs,
      title: `At most ${plural(found.value, 'call')} a run`,
      value,
      now: null,
      reasons: [found.rule],
      doubts: found.doubts,
      examples: tool.callsPerRun.examples,
      edits: [{ op: 'set', path: ['tools', tool.name, 'rateLimit'], value }],
    },
  ];
}

const CEILINGS = [
  {
    key: 'perRun',
    what: 'Spend at most',
    unit: 'money',
    end: 'a run',
    of: (seen: Observed) => seen.perRun.costUsd,
  },
  {
    key: 'perDay',
    what: 'Spend at most',
    unit: 'money',
    end: 'a day',
    of: (seen: Observed) => seen.perDayUsd,
  },
  {
    key: 'tokensPerRun',
    what: 'Use at most',
    unit: 'tokens',
    end: 'tokens a run',
    of: (seen: Observed) => seen.perRun.tokens,
  },
  {
    key: 'callsPerRun',
    what: 'Make at most',
    unit: 'whole',
    end: 'tool calls a run',
    of: (seen: Observed) => seen.perRun.calls,
  },
  {
    key: 'repeatedCalls',
    what: 'Make the same call at most',
    unit: 'whole',
    end: 'times a run',
    of: (seen: Observed) => seen.perRun.repeats,
  },
] as const;

function ceilings(observed: Observed, contract: Contract | null): Proposal[] {
  return CEILINGS.flatMap(({ key, what, unit, end, of }): Proposal[] => {
    const spread = of(observed);
    const found = spread === null ? null : ceilingOf(spread, unit, key === 'perDay' ? 'day' : 'run');
    const has = contract?.cost[key];
    if (spread === null || found === null || has === found.value) return [];
    return [
      {
        id: `cost/${key}`,
        clause: `cost/${key}`,
        part: 'cost',
        tool: null,
        needs: null,
        title: `${what} ${figure(found.value, unit)} ${end}`,
        value: found.value,
        now: has === undefined ? null : figure(has, unit),
        reasons: [found.rule],
        doubts: found.doubts,
        examples: spread.examples,
        edits: [{ op: 'set', path: ['cost', key], value: found.value }],
      },
    ];
  });
}
