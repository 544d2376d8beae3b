/**
 * What a tool probably does, from what its source says of it, each part with its reason. A suggestion, never a decision:
 * where signs contradict each other the stricter one is taken and the doubt is told. MCP annotations are hints of a
 * server one may not trust, so a name that says otherwise is not overruled by them. Pure.
 */
import { categoryTitle } from './categories';
import { importArguments } from './import-arguments';
import type { ActionClass, ArgumentSchema } from './schema';
import {
  ALSO_NOUNS,
  CATEGORY_WORDS,
  EGRESS_ARGUMENTS,
  EGRESS_WORDS,
  FINAL_VERBS,
  HANDOVER,
  IDEMPOTENCY_ARGUMENTS,
  MESSAGE_WORDS,
  PREPARING,
  PROGRAM_ARGUMENTS,
  READ_VERBS,
  SENDING_VERBS,
  TRANSACT_NOUNS,
  TRANSACT_VERBS,
  UNDO,
  WRITE_VERBS,
  wordsOf,
} from './tool-words';

/** What a source says of a tool. */
export interface ToolFacts {
  name: string;
  description?: string | undefined;
  /** JSON Schema of the arguments, as it was given. */
  schema?: unknown;
  /** MCP tool annotations. */
  hints?: {
    readOnlyHint?: boolean | undefined;
    destructiveHint?: boolean | undefined;
    idempotentHint?: boolean | undefined;
    openWorldHint?: boolean | undefined;
  };
  /** HTTP method of an OpenAPI operation. */
  method?: string | undefined;
  /** Names of the other tools of the same source, to find what undoes this one. */
  others?: readonly string[];
}

/** `stated`: the source says so; `likely`: its name or method does; `guess`: nothing does. */
export const SURENESS = ['stated', 'likely', 'guess'] as const;
export interface Suggested<T> {
  value: T;
  why: string;
  sure: (typeof SURENESS)[number];
}

export interface ToolSuggestion {
  action: Suggested<ActionClass>;
  egress: Suggested<boolean>;
  /** True, false, or the tool that undoes it. Of a tool that only reads: false, and it does not matter. */
  reversible: Suggested<boolean | { by: string }>;
  categories: { category: string; why: string }[];
  /** The argument that makes a repeated call the same call. */
  idempotencyKey: Suggested<string> | null;
  /** What of its JSON Schema decisions can enforce. */
  arguments: ArgumentSchema | null;
  /** What of it they cannot, in words. */
  notEnforced: string[];
  /** Signs that contradict each other, for the person who decides. */
  doubts: string[];
}

const RANK: Record<ActionClass, number> = { read: 0, write: 1, transact: 2 };

export function classifyTool(facts: ToolFacts): ToolSuggestion {
  const imported = importArguments(facts.schema);
  const argumentNames = Object.keys(imported.schema?.properties ?? {});
  const { action, doubts } = actionOf(facts, argumentNames);
  return {
    action,
    egress: egressOf(facts, argumentNames),
    reversible: reversibleOf(facts, action.value),
    categories: categoriesOf(facts, argumentNames),
    idempotencyKey: idempotencyOf(argumentNames),
    arguments: imported.schema ?? null,
    notEnforced: imported.dropped,
    doubts,
  };
}

type Sign = Suggested<ActionClass>;

function actionOf(facts: ToolFacts, argumentNames: readonly string[]): { action: Sign; doubts: string[] } {
  const signs = [hinted(facts), byMethod(facts), byName(facts.name), byProgram(argumentNames, facts)].filter(
    (sign) => sign !== undefined,
  );
  const strictest = signs.toSorted((a, b) => RANK[b.value] - RANK[a.value])[0];
  if (strictest === undefined) {
    const described = byDescription(facts.description);
    return {
      action: described ?? {
        value: 'write',
        why: 'Nothing says that it only reads, so it is taken to write.',
        sure: 'guess',
      },
      doubts: [],
    };
  }
  // Saying less is no contradiction: a method POST is a write, and what it writes may be a payment.
  const doubts = signs
    .filter((sign) => sign.value === 'read' && strictest.value !== 'read')
    .map((sign) => `${sign.why} Yet: ${strictest.why}`);
  const reasons = signs.filter((sign) => sign.value === strictest.value);
  return {
    action: {
      value: strictest.value,
      why: reasons.map((sign) => sign.why).join(' '),
      sure: doubts.length === 0 ? (reasons[0]?.sure ?? 'likely') : 'guess',
    },
    doubts,
  };
}

function hinted({ hints }: ToolFacts): Sign | undefined {
  if (hints?.readOnlyHint === true)
    return { value: 'read', why: 'Its server says it only reads (readOnlyHint).', sure: 'stated' };
  if (hints?.destructiveHint === true)
    return {
      value: 'write',
      why: 'Its server says it can destroy something (destructiveHint).',
      sure: 'stated',
    };
  if (hints?.readOnlyHint === false)
    return {
      value: 'write',
      why: 'Its server says it changes something (readOnlyHint: false).',
      sure: 'stated',
    };
  return undefined;
}

function byMethod({ method, name }: ToolFacts): Sign | undefined {
  if (method === undefined) return undefined;
  const verb = method.toUpperCase();
  if (verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS')
    return { value: 'read', why: `It is a ${verb} request.`, sure: 'likely' };
  // Searches are often POST requests, for the room in their body: the name decides then.
  if (verb === 'POST' && byName(name)?.value === 'read') return undefined;
  return { value: 'write', why: `It is a ${verb} request.`, sure: 'likely' };
}

/** Write about a payment without moving it. */
const BESIDES: ReadonlySet<string> = new Set([
  'note',
  'refer',
  'tag',
  'label',
  'comment',
  'void',
  'mark',
  'share',
]);

/** By the verb that leads the name or one of its parts: `payments.release`, `create_refund`, `searchFlights`. */
function byName(name: string): Sign | undefined {
  const words = wordsOf(name);
  const verb = verbOf(words);
  const prepares = words.find((word) => PREPARING.has(word));
  const handsOver = words.some((word) => HANDOVER.has(word));
  const transact = handsOver ? undefined : words.find((word) => TRANSACT_VERBS.has(word) && word === verb);
  const noun = words.find((word) => TRANSACT_NOUNS.has(word));
  if (prepares === undefined && transact !== undefined)
    return { value: 'transact', why: `Its name says "${transact}".`, sure: 'likely' };
  if (verb !== undefined && WRITE_VERBS.has(verb)) {
    const besides = BESIDES.has(verb);
    if (prepares === undefined && noun !== undefined && !besides)
      return { value: 'transact', why: `Its name says "${verb}" and "${noun}".`, sure: 'likely' };
    return { value: 'write', why: `Its name says "${verb}".`, sure: 'likely' };
  }
  if (transact === undefined && verb !== undefined && TRANSACT_VERBS.has(verb))
    return { value: 'write', why: `Its name says "${verb}".`, sure: 'likely' };
  if (verb !== undefined && READ_VERBS.has(verb))
    return { value: 'read', why: `Its name says "${verb}".`, sure: 'likely' };
  return prepares === undefined
    ? undefined
    : { value: 'write', why: `Its name says "${prepares}".`, sure: 'likely' };
}

/** The verb of the last part of the name, else the first verb anywhere. "orders.list", "list_orders", "order_lookup". */
function verbOf(words: readonly string[]): string | undefined {
  const isVerb = (word: string) => TRANSACT_VERBS.has(word) || WRITE_VERBS.has(word) || READ_VERBS.has(word);
  const first = words[0];
  if (first !== undefined && isVerb(first) && !TRANSACT_NOUNS.has(first) && !ALSO_NOUNS.has(first))
    return first;
  return words.findLast((word) => isVerb(word) && !ALSO_NOUNS.has(word)) ?? words.find(isVerb);
}

function byProgram(argumentNames: readonly string[], { hints }: ToolFacts): Sign | undefined {
  if (hints?.readOnlyHint === true) return undefined;
  const program = argumentNames.find((name) => PROGRAM_ARGUMENTS.has(name.toLowerCase()));
  return program === undefined
    ? undefined
    : {
        value: 'write',
        why: `It runs what it is given (${program}), which can change things.`,
        sure: 'likely',
      };
}

function byDescription(description: string | undefined): Sign | undefined {
  const [first] = wordsOf(description ?? '');
  const word = first?.replace(/(?<=[^s])s$/, '');
  if (word === undefined) return undefined;
  const value: ActionClass | undefined = TRANSACT_VERBS.has(word)
    ? 'transact'
    : WRITE_VERBS.has(word)
      ? 'write'
      : READ_VERBS.has(word)
        ? 'read'
        : undefined;
  return value === undefined
    ? undefined
    : { value, why: `Its description begins with "${first}".`, sure: 'guess' };
}

function egressOf({ name, hints }: ToolFacts, argumentNames: readonly string[]): Suggested<boolean> {
  if (hints?.openWorldHint === true)
    return { value: true, why: 'Its server says it reaches the outside (openWorldHint).', sure: 'stated' };
  const words = wordsOf(name);
  const sends = words.find((each) => SENDING_VERBS.has(each));
  const word =
    words.find((each) => EGRESS_WORDS.has(each)) ??
    (sends === undefined ? undefined : words.find((each) => MESSAGE_WORDS.has(each)));
  if (word !== undefined) return { value: true, why: `Its name says "${word}".`, sure: 'likely' };
  const argument = argumentNames.find((each) => EGRESS_ARGUMENTS.has(each.toLowerCase()));
  if (argument !== undefined)
    return { value: true, why: `Its argument "${argument}" says where something goes.`, sure: 'likely' };
  if (hints?.openWorldHint === false)
    return { value: false, why: 'Its server says it stays inside (openWorldHint: false).', sure: 'stated' };
  return { value: false, why: 'Nothing says that it reaches the outside.', sure: 'guess' };
}

function reversibleOf(facts: ToolFacts, action: ActionClass): Suggested<boolean | { by: string }> {
  if (action === 'read')
    return { value: false, why: 'It only reads: there is nothing to take back.', sure: 'stated' };
  const undo = undoneBy(facts);
  if (undo !== undefined)
    return { value: { by: undo }, why: `${undo} of the same source undoes it, by its name.`, sure: 'likely' };
  if (facts.hints?.destructiveHint === true)
    return {
      value: false,
      why: 'Its server says it can destroy something (destructiveHint).',
      sure: 'stated',
    };
  const final = wordsOf(facts.name).find((word) => FINAL_VERBS.has(word));
  if (final !== undefined)
    return { value: false, why: `Its name says "${final}", which is hard to take back.`, sure: 'likely' };
  if (facts.hints?.destructiveHint === false)
    return {
      value: true,
      why: 'Its server says it destroys nothing (destructiveHint: false).',
      sure: 'stated',
    };
  return { value: false, why: 'Nothing says that it can be taken back.', sure: 'guess' };
}

/** Another tool of the source with the same words but for the verb: `create_order` is undone by `cancel_order`. */
function undoneBy({ name, others = [] }: ToolFacts): string | undefined {
  const words = wordsOf(name);
  const verb = words.find((word) => Object.hasOwn(UNDO, word));
  const undoing = verb === undefined ? undefined : UNDO[verb];
  if (verb === undefined || undoing === undefined) return undefined;
  const rest = words.filter((word) => word !== verb).join(' ');
  return undoing
    .map((undo) =>
      others.find((other) => {
        const theirs = wordsOf(other);
        return theirs.includes(undo) && theirs.filter((word) => word !== undo).join(' ') === rest;
      }),
    )
    .find((other) => other !== undefined);
}

function categoriesOf(facts: ToolFacts, argumentNames: readonly string[]): ToolSuggestion['categories'] {
  const inName = wordsOf(facts.name);
  const inArguments = argumentNames.map((name) => ({ name, words: [...wordsOf(name), name.toLowerCase()] }));
  return CATEGORY_WORDS.flatMap(([category, telling]) => {
    const argument = inArguments.find(({ words }) => words.some((word) => telling.has(word)));
    if (argument !== undefined)
      return [
        { category, why: `Its argument "${argument.name}" sounds like ${categoryTitle(category)} data.` },
      ];
    const word = inName.find((each) => telling.has(each));
    return word === undefined
      ? []
      : [{ category, why: `"${word}" in its name sounds like ${categoryTitle(category)} data.` }];
  });
}

function idempotencyOf(argumentNames: readonly string[]): Suggested<string> | null {
  const found = argumentNames.find((name) =>
    IDEMPOTENCY_ARGUMENTS.has(name.toLowerCase().replaceAll('-', '_')),
  );
  return found === undefined
    ? null
    : { value: found, why: `Its argument "${found}" makes a repeated call the same call.`, sure: 'likely' };
}
