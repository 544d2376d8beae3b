import type { Contract, Tool } from '@/lib/contract/schema';
import { isRecord } from '@/lib/decision/json';
import type { ArgumentSchema } from '@/lib/decision/types';

/** An amount as a call named it. */
export interface Amount {
  value: number;
  /** ISO 4217; null when neither the call nor the contract names one. */
  currency: string | null;
}

/** What the contract says of a tool, be it as of any other; undefined: nothing. Agents choose names such as `constructor`. */
export function toolEntry(contract: Contract, tool: string): Tool | undefined {
  return contract.tools[Object.hasOwn(contract.tools, tool) ? tool : '*'];
}

/** Where the arguments of a tool name an amount: keys from the outside in, `[]` for every entry of a list. */
export type AmountPath = readonly string[];

const MONEY = /(?:^|_)(?:amount|sum|price|value|total|fee|payment|payout|refund)(?:_|$)/;
const EXACT = /^(?:amount|sum|total)(?:_|$)/;
const MAX_DEPTH = 5;
const MAX_ENTRIES = 1000;

/**
 * Which arguments of a tool are amounts of money, by the names that its argument schema and the conditions of the
 * authority rules give them, the likeliest first. Empty when the contract names none.
 */
export function amountPaths(contract: Contract, tool: string): AmountPath[] {
  const entry = toolEntry(contract, tool);
  const paths: AmountPath[] = [];
  const add = (path: AmountPath) => {
    if (!paths.some((known) => known.join('.') === path.join('.'))) paths.push(path);
  };
  for (const rule of contract.authority.rules) {
    if (rule.tools.length > 0 && !rule.tools.includes(tool)) continue;
    if (rule.actions.length > 0 && (entry === undefined || !rule.actions.includes(entry.action))) continue;
    for (const { field, op } of rule.when) {
      const path = field.startsWith('arg.') ? field.slice(4).split('.') : [];
      // A rule that holds for any tool says nothing of whether this one has such an argument.
      if (rule.tools.length > 0 && ['<', '<=', '>', '>='].includes(op) && isMoney(path.at(-1))) add(path);
    }
  }
  if (entry?.arguments !== undefined) walk(entry.arguments, [], 0, add);
  return paths.toSorted((a, b) => rank(a) - rank(b));
}

function walk(
  schema: ArgumentSchema,
  path: AmountPath,
  depth: number,
  add: (path: AmountPath) => void,
): void {
  if (depth > MAX_DEPTH) return;
  if (schema.items !== undefined) walk(schema.items, [...path, '[]'], depth + 1, add);
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const numeric = property.type === 'number' || property.type === 'integer' || property.type === undefined;
    const plain = property.properties === undefined && property.items === undefined;
    if (plain && numeric && isMoney(key)) add([...path, key]);
    else if (!plain) walk(property, [...path, key], depth + 1, add);
  }
}

/** `amount` before `lineTotal`, the whole before its parts. */
function rank(path: AmountPath): number {
  return path.length * 2 + (EXACT.test(snake(path.at(-1) ?? '')) ? 0 : 1);
}

function isMoney(key: string | undefined): boolean {
  return key !== undefined && MONEY.test(snake(key));
}

function snake(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase();
}

/**
 * The amount that the arguments of a call name, by the first of its tool's paths that leads to a number; the entries of a
 * list are added up. Null when none does. Money that flows back is counted by its size.
 */
export function amountIn(
  contract: Contract,
  tool: string,
  args: unknown,
  paths: readonly AmountPath[],
): Amount | null {
  for (const path of paths) {
    const numbers = numbersAt(args, path);
    if (numbers.length === 0) continue;
    const key = snake(path.at(-1) ?? '');
    const sum = numbers.reduce((total, each) => total + Math.abs(each), 0);
    const value = /_(?:cents|minor)$/.test(key) ? sum / 100 : sum;
    return { value, currency: currencyOf(contract, tool, args, path) };
  }
  return null;
}

function numbersAt(value: unknown, [key, ...rest]: AmountPath): number[] {
  if (key === undefined) {
    const number =
      typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,6})?$/.test(value.trim()) ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? [number] : [];
  }
  if (key === '[]')
    return Array.isArray(value)
      ? value.slice(0, MAX_ENTRIES).flatMap((each: unknown) => numbersAt(each, rest))
      : [];
  return isRecord(value) && Object.hasOwn(value, key) ? numbersAt(value[key], rest) : [];
}

/** Named beside the amount or at the top of the arguments, in the argument's own name, or fixed by the argument schema. */
function currencyOf(contract: Contract, tool: string, args: unknown, path: AmountPath): string | null {
  const beside = path.slice(0, -1).reduce<unknown>((value, key) => {
    if (key === '[]') return Array.isArray(value) ? value[0] : undefined;
    return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, args);
  for (const place of [beside, args])
    if (isRecord(place) && Object.hasOwn(place, 'currency')) {
      const code = typeof place.currency === 'string' ? place.currency.trim().toUpperCase() : '';
      return /^[A-Z]{3}$/.test(code) ? code : null;
    }
  const suffix = /_(usd|eur|gbp|chf|jpy|cad|aud)(?:_|$)/.exec(snake(path.at(-1) ?? ''))?.[1];
  if (suffix !== undefined) return suffix.toUpperCase();
  const schema = toolEntry(contract, tool)?.arguments?.properties?.currency;
  const only = schema?.const ?? (schema?.enum?.length === 1 ? schema.enum[0] : undefined);
  return typeof only === 'string' && /^[A-Za-z]{3}$/.test(only) ? only.toUpperCase() : null;
}
