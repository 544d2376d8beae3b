/**
 * Plain sentences for clauses, made by rule: the same contract always reads the same. A sentence is a list of parts, so
 * that a page can set data categories, tools and figures apart.
 */

import type { FilterAct } from '@/lib/decision/types';
import { formatExact, plural } from '@/lib/format';
import { categoryTitle } from './categories';
import type { Condition, Contract, Tier, Tool } from './schema';
import { filtersOf } from './terms';

/** `text` of a person is the e-mail address; a page that knows the name shows it. */
export type Part = string | { kind: 'category' | 'tool' | 'figure' | 'person'; text: string };
export type Sentence = readonly Part[];

export const category = (slug: string): Part => ({ kind: 'category', text: categoryTitle(slug) });
/** `*` is no name: it speaks for every tool that is not listed. */
export const tool = (name: string): Part =>
  name === '*' ? 'any tool not listed' : { kind: 'tool', text: name };
export const figure = (text: string): Part => ({ kind: 'figure', text });
export const person = (email: string): Part => ({ kind: 'person', text: email });

const PER = { run: 'a run', minute: 'a minute', hour: 'an hour', day: 'a day' } as const;

/** "Reads personal and vehicle data from claims-core. At most 5 calls a run, 3 s each." */
export function describeTool(entry: Tool): Sentence {
  const parts: Part[] = [];
  if (entry.description !== undefined) parts.push(`${withStop(entry.description)} `);
  parts.push(...verb(entry), '.');
  if (entry.categories.length === 0) parts.push(' Touches no data category.');
  parts.push(...describeFilters(entry));
  if (entry.egress) parts.push(' Can carry data out of the company.');
  const limits: string[] = [];
  if (entry.rateLimit !== undefined)
    limits.push(`at most ${plural(entry.rateLimit.calls, 'call')} ${PER[entry.rateLimit.per]}`);
  if (entry.timeoutSeconds !== undefined) limits.push(`${entry.timeoutSeconds} s each`);
  if (limits.length > 0) parts.push(` ${capital(limits.join(', '))}.`);
  if (entry.idempotencyKey !== undefined) parts.push(` Once per ${entry.idempotencyKey}.`);
  if (entry.circuitBreaker !== undefined)
    parts.push(
      ` After ${entry.circuitBreaker.failures} failures in a row it rests for ${entry.circuitBreaker.coolDownSeconds} s.`,
    );
  if (entry.action !== 'read') parts.push(...reversibility(entry));
  return parts;
}

/** What is done with filtered data. */
export const FILTER_WORDS: Record<FilterAct, string> = {
  review: 'is reviewed by a person before the agent sees it',
  mask: 'is masked',
  withhold: 'is left out',
};

/** " Of what it returns, bank account data is masked." */
export function describeFilters(entry: Tool): Part[] {
  return filtersOf(entry).flatMap((filter): Part[] => [
    ' Of what it returns, ',
    ...listed(filter.categories.map(category)),
    ` data ${FILTER_WORDS[filter.then]}.`,
  ]);
}

function verb(entry: Tool): Part[] {
  const data: Part[] =
    entry.categories.length === 0 ? [] : [...listed(entry.categories.map(category)), ' data'];
  const server = entry.server;
  if (entry.action === 'transact')
    return [
      server === undefined ? 'Transacts' : `Transacts in ${server}`,
      ...(data.length === 0 ? [] : [', touching ', ...data]),
    ];
  const acts = entry.action === 'read' ? 'Reads' : 'Writes';
  const place = server === undefined ? '' : entry.action === 'read' ? ` from ${server}` : ` in ${server}`;
  return [acts, ...(data.length === 0 ? [] : [' ', ...data]), place];
}

/** A span of time ("24 h") is within, anything else ("17:00 of the day") is until. */
function whileItLasts(within: string): string {
  return /^\d+\s?(s|sec\w*|min\w*|h|hours?|d|days?|weeks?|months?)$/i.test(within)
    ? ` within ${within}.`
    : ` until ${within.replace(/\.$/, '')}.`;
}

function reversibility(entry: Tool): Part[] {
  if (entry.reversible === true) return [' Reversible.'];
  if (entry.reversible === false) return [' Irreversible.'];
  const { by, within } = entry.reversible;
  return [' Reversible by ', tool(by), within === undefined ? '.' : whileItLasts(within)];
}

/** The arguments a tool takes, one line each: "amount: number, above 0, required". */
export function describeArguments(entry: Tool): string[] {
  const { properties = {}, required = [], additionalProperties } = entry.arguments ?? {};
  const lines = Object.entries(properties).map(([name, schema]) => {
    const facts = [
      schema.const !== undefined ? `always ${JSON.stringify(schema.const)}` : (schema.type ?? 'any value'),
      schema.enum === undefined
        ? ''
        : `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`,
      schema.minimum === undefined ? '' : `from ${schema.minimum}`,
      schema.exclusiveMinimum === undefined ? '' : `above ${schema.exclusiveMinimum}`,
      schema.maximum === undefined ? '' : `up to ${schema.maximum}`,
      schema.exclusiveMaximum === undefined ? '' : `below ${schema.exclusiveMaximum}`,
      schema.pattern === undefined ? '' : `written as ${schema.pattern}`,
      required.includes(name) ? 'required' : '',
    ];
    return `${name}: ${facts.filter((fact) => fact !== '').join(', ')}`;
  });
  if (additionalProperties === false) lines.push('nothing else');
  return lines;
}

const OPERATORS: Record<Condition['op'], string> = {
  '<': 'under',
  '<=': 'up to',
  '>': 'above',
  '>=': 'from',
  '=': 'is',
  '!=': 'is not',
  in: 'is one of',
  'not-in': 'is none of',
  present: 'is given',
  absent: 'is missing',
};

/** "amount from 10,000", "touches health". */
export function describeCondition(condition: Condition): Sentence {
  const subject = condition.field.replace(/^arg\./, '');
  if (!('value' in condition)) return [`${subject} ${OPERATORS[condition.op]}`];
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  if (condition.field === 'category') {
    const verb = condition.op === '!=' || condition.op === 'not-in' ? 'does not touch ' : 'touches ';
    return [verb, ...listed(values.map((value) => category(String(value))))];
  }
  return [
    `${subject} ${OPERATORS[condition.op]} `,
    ...listed(values.map((value) => figure(typeof value === 'number' ? formatExact(value) : String(value)))),
  ];
}

/** What the agent does under a rule, in two or three words. */
export const TIER_WORDS: Record<Tier, string> = {
  alone: 'acts alone',
  approval: 'asks first',
  escalation: 'escalates',
  never: 'never',
};

export interface AuthorityRow {
  /** The clause, e.g. `authority/large-payments`. */
  clause: string;
  when: Sentence;
  tier: Tier;
  /** Who decides, e.g. "claims lead, within 4 h"; "nobody" where nobody is asked. */
  decides: string;
  statement: string | undefined;
}

/** The authority section as the rows of a table: forbidden acts first, then rules, then what else holds. */
export function authorityRows(contract: Contract): AuthorityRow[] {
  const rules = contract.authority.rules.map((rule): AuthorityRow => {
    const subject: Part[] =
      rule.tools.length > 0
        ? listed(rule.tools.map(tool))
        : [rule.actions.length > 0 ? `any ${rule.actions.join(' or ')} call` : 'any call'];
    const when = rule.when.flatMap((condition): Part[] => [
      // "any call that touches health", but "payments.release, amount from 10,000".
      condition.field === 'category' && 'value' in condition ? ' that ' : ', ',
      ...describeCondition(condition),
    ]);
    return {
      clause: `authority/${rule.id}`,
      when: [...subject, ...when],
      tier: rule.tier,
      decides: decides(rule.by, rule.withinMinutes),
      statement: rule.statement,
    };
  });
  const classes = (['read', 'write', 'transact'] as const).map(
    (action): AuthorityRow => ({
      clause: `authority/defaults/${action}`,
      when: [rules.length > 0 ? `any other ${action} call` : `any ${action} call`],
      tier: contract.authority.defaults[action],
      decides: contract.authority.defaults[action] === 'approval' ? contract.ownership.operator : 'nobody',
      statement: undefined,
    }),
  );
  return [...rules, ...classes];
}

function decides(by: string | undefined, withinMinutes: number | undefined): string {
  if (by === undefined) return 'nobody';
  return withinMinutes === undefined ? by : `${by}, within ${minutes(withinMinutes)}`;
}

/** "45 min", "4 h", "2 days". */
export function minutes(count: number): string {
  if (count % 1440 === 0) return plural(count / 1440, 'day');
  if (count % 60 === 0) return `${count / 60} h`;
  return `${count} min`;
}

/** "a, b and c". */
export function listed(parts: readonly Part[], last = ' and '): Part[] {
  return parts.flatMap((part, index): Part[] => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? last : ', ', part];
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Leaves names alone: only a capital followed by a small letter or a space is a sentence's. */
export function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

export function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The sentence as plain text. */
export function plain(sentence: Sentence): string {
  return sentence.map((part) => (typeof part === 'string' ? part : part.text)).join('');
}
