import type { Contract } from '@/lib/contract/schema';
import { compensationTerms } from '@/lib/contract/terms';
import { isRecord } from '@/lib/decision/json';
import { digestOf } from '@/lib/evidence/digest';
import { type Amount, type AmountPath, amountIn, amountPaths, toolEntry } from './money-moved';
import { parseUndoWindow, undoableUntil } from './undo-window';

/** A call as the run recorded it. */
export interface LedgerCall {
  /** Its span. */
  id: string;
  tool: string;
  /** Epoch milliseconds. */
  at: number;
  /** Undefined: not recorded. */
  arguments?: unknown;
  /** It ended in an error: whether it did anything is not known. */
  failed: boolean;
}

/** What undoes the calls of a tool, as the contract has it. */
export interface Undoing {
  /** The compensating tool; null: the call can be taken back without one. */
  by: string | null;
  /** The clause that says so. */
  clause: string;
  approval: 'operator' | 'none';
  /** Until when, as the contract words it. */
  written: string | null;
  /** For so many minutes after the call; null: not said. */
  withinMinutes: number | null;
}

/** Whether a call can be taken back. */
export type Undo =
  | { state: 'compensated'; by: string; callId: string | null; at: number }
  /** Until `until` (null: not said, or in words that are not understood, which `written` has). */
  | { state: 'reversible'; by: string | null; until: number | null; written: string | null }
  | { state: 'too-late'; by: string | null; until: number; written: string | null }
  | { state: 'irreversible' }
  /** It took back an earlier call of the run. */
  | { state: 'undoes'; callId: string };

export interface LedgerEntry {
  callId: string;
  tool: string;
  action: 'write' | 'transact';
  at: number;
  failed: boolean;
  undo: Undo;
  /** Null: the call names none, or its arguments were not recorded. */
  amount: Amount | null;
  /** What it acted on, as its idempotency argument names it; null: it cannot be told. */
  record: string | null;
  argumentsMissing: boolean;
}

/** How far the run reached: what is counted, and beside it what could not be told and is therefore not in the count. */
export interface Reach {
  calls: number;
  /** Distinct, by idempotency argument. */
  records: number;
  /** Calls whose record cannot be told. */
  recordsUntold: number;
  /** By currency; a record that several calls moved money for counts once, by the largest. */
  amounts: Amount[];
  /** Calls that move money by an amount that cannot be told. */
  amountsUntold: number;
}

export type Limit = {
  of: 'records' | 'amount';
  limit: number;
  reached: number;
  /** `unknown`: within it by what is known, but something could not be told. */
  held: 'within' | 'exceeded' | 'unknown';
};

export interface UndoLedger {
  /** Write and transact calls in the order they were made. */
  entries: LedgerEntry[];
  counts: { compensated: number; reversible: number; tooLate: number; irreversible: number; failed: number };
  /** All that took place. */
  reached: Reach;
  /** Of it what is not compensated. */
  standing: Reach;
  /** `failure.blastRadius` held against `reached`; empty when the contract sets none. */
  limits: Limit[];
  /** Calls of tools the contract does not list: what they do is not known. */
  unlisted: number;
}

/** What undoes a tool's calls: the failure clause before the tool's own entry. Null: nothing does. */
export function undoingOf(contract: Contract, tool: string): Undoing | null {
  const named = contract.failure.compensations.find((item) => item.tool === tool);
  const listed = Object.hasOwn(contract.tools, tool) ? tool : '*';
  const reversible = contract.tools[listed]?.reversible ?? false;
  const written = typeof reversible === 'object' ? (reversible.within ?? null) : null;
  if (named !== undefined) {
    const { approval, withinMinutes } = compensationTerms(named);
    return {
      by: named.by,
      clause: `failure/compensations/${named.id}`,
      approval,
      written,
      withinMinutes,
    };
  }
  if (reversible === false) return null;
  return {
    by: reversible === true ? null : reversible.by,
    clause: `tools/${listed}/reversible`,
    approval: 'operator',
    written,
    withinMinutes: null,
  };
}

/** Until when a call can be undone, epoch milliseconds: the sooner of what its clauses say. Null: not said, or not understood. */
export function undoUntil(undoing: Undoing, at: number, zone: string): number | null {
  const window = undoing.written === null ? null : parseUndoWindow(undoing.written);
  const ends = [
    ...(window === null ? [] : [undoableUntil(window, at, zone)]),
    ...(undoing.withinMinutes === null ? [] : [at + undoing.withinMinutes * 60_000]),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
}

/** The value of the argument that makes a repeated call of the tool the same call; null when it cannot be told. */
export function recordOf(
  contract: Contract,
  tool: string,
  args: unknown,
): { argument: string; value: string } | null {
  const argument = toolEntry(contract, tool)?.idempotencyKey;
  if (argument === undefined) return null;
  const value = argument
    .split('.')
    .reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), args);
  if (typeof value === 'string' && value !== '') return { argument, value };
  return typeof value === 'number' || typeof value === 'boolean' ? { argument, value: String(value) } : null;
}

/**
 * Whether a call of the compensating tool is the one that undoes a call: by the value of that call's idempotency argument,
 * under its name or the compensating tool's own; without one by equal arguments.
 *
 * @param undoing.digest of its arguments, for those who ask about it often
 */
export function undoes(
  contract: Contract,
  call: { record: { argument: string; value: string } | null; argumentsDigest: string | null },
  undoing: { tool: string; arguments?: unknown; digest?: () => string },
): boolean {
  if (undoing.arguments === undefined) return false;
  if (call.record === null)
    return (
      call.argumentsDigest !== null &&
      (undoing.digest?.() ?? digestOf(undoing.arguments)) === call.argumentsDigest
    );
  return namedBy(contract, undoing, call.record.argument) === call.record.value;
}

/** What a compensating call is about, for a call whose idempotency argument has that name. */
function namedBy(
  contract: Contract,
  undoing: { tool: string; arguments?: unknown },
  argument: string,
): string | undefined {
  return valueAt(undoing.arguments, argument) ?? recordOf(contract, undoing.tool, undoing.arguments)?.value;
}

function valueAt(args: unknown, argument: string): string | undefined {
  const value = argument
    .split('.')
    .reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), args);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/**
 * What a run wrote and moved, and what of it can be taken back.
 *
 * @param calls the run's tool calls in any order
 * @param known calls that are known to be compensated otherwise: a receiver reported it
 * @param at.now epoch milliseconds
 * @param at.zone time zone in which the contract's times of day are meant
 */
export function undoLedger(
  contract: Contract,
  calls: readonly LedgerCall[],
  known: ReadonlyMap<string, { by: string; at: number }>,
  { now, zone }: { now: number; zone: string },
): UndoLedger {
  const paths = new Map<string, AmountPath[]>();
  const pathsOf = (tool: string) => {
    const found = paths.get(tool) ?? amountPaths(contract, tool);
    paths.set(tool, found);
    return found;
  };
  const inOrder = calls.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const pairs = pairUp(contract, inOrder, known);
  const entries: LedgerEntry[] = [];
  let unlisted = 0;
  for (const call of inOrder) {
    const entry = toolEntry(contract, call.tool);
    if (entry === undefined) {
      unlisted += 1;
      continue;
    }
    if (entry.action === 'read') continue;
    const argumentsMissing = call.arguments === undefined;
    entries.push({
      callId: call.id,
      tool: call.tool,
      action: entry.action,
      at: call.at,
      failed: call.failed,
      undo: undoOf(contract, call, pairs, known, { now, zone }),
      amount: argumentsMissing ? null : amountIn(contract, call.tool, call.arguments, pathsOf(call.tool)),
      record: recordName(contract, call),
      argumentsMissing,
    });
  }
  const took = entries.filter((entry) => !entry.failed && entry.undo.state !== 'undoes');
  const failed = entries.filter((entry) => entry.failed).length;
  const reach = (of: readonly LedgerEntry[]) => reachOf(of, (tool) => pathsOf(tool).length > 0);
  const reached = reach(took);
  const count = (state: Undo['state']) => took.filter(({ undo }) => undo.state === state).length;
  return {
    entries,
    counts: {
      compensated: count('compensated'),
      reversible: count('reversible'),
      tooLate: count('too-late'),
      irreversible: count('irreversible'),
      failed,
    },
    reached,
    standing: reach(took.filter(({ undo }) => undo.state !== 'compensated')),
    limits: limitsOf(contract, reached, unlisted + failed),
    unlisted,
  };
}

function recordName(contract: Contract, call: LedgerCall): string | null {
  const record = recordOf(contract, call.tool, call.arguments);
  return record === null ? null : `${record.argument} ${record.value}`;
}

/** Calls that later calls of the run took back, and those calls: each takes back one. */
interface Pairs {
  undoneBy: ReadonlyMap<string, LedgerCall>;
  undoes: ReadonlyMap<string, string>;
}

/** What surely took place has the first claim to a compensating call, then what ended in an error; older before newer. */
function pairUp(
  contract: Contract,
  calls: readonly LedgerCall[],
  known: ReadonlyMap<string, unknown>,
): Pairs {
  const undoneBy = new Map<string, LedgerCall>();
  const undoing = new Map<string, string>();
  const candidates = undoers(contract, calls);
  const claims = [...calls.filter((call) => !call.failed), ...calls.filter((call) => call.failed)];
  for (const call of claims) {
    const by = undoingOf(contract, call.tool)?.by ?? null;
    if (by === null || known.has(call.id) || undoing.has(call.id)) continue;
    const found = candidates(by, call).find(
      (other) =>
        other.id !== call.id && other.at >= call.at && !undoing.has(other.id) && !undoneBy.has(other.id),
    );
    if (found === undefined) continue;
    undoneBy.set(call.id, found);
    undoing.set(found.id, call.id);
  }
  return { undoneBy, undoes: undoing };
}

/**
 * Of the calls those of a tool that undo a call by `undoes`, in their order. Each call is read once for what it may be asked by,
 * not once for each call it may undo: a run makes thousands.
 */
function undoers(
  contract: Contract,
  calls: readonly LedgerCall[],
): (tool: string, undone: LedgerCall) => readonly LedgerCall[] {
  const index = new Map<string, ReadonlyMap<string | undefined, LedgerCall[]>>();
  const indexed = (name: string, tool: string, keyOf: (call: LedgerCall) => string | undefined) => {
    const known = index.get(name);
    if (known !== undefined) return known;
    const made = new Map<string | undefined, LedgerCall[]>();
    for (const call of calls) {
      if (call.tool !== tool || call.failed || call.arguments === undefined) continue;
      const key = keyOf(call);
      const same = made.get(key);
      if (same === undefined) made.set(key, [call]);
      else same.push(call);
    }
    index.set(name, made);
    return made;
  };
  return (tool, undone) => {
    const record = recordOf(contract, undone.tool, undone.arguments);
    if (record !== null)
      return (
        indexed(`${tool}\n${record.argument}`, tool, (call) => namedBy(contract, call, record.argument)).get(
          record.value,
        ) ?? []
      );
    if (undone.arguments === undefined) return [];
    return indexed(tool, tool, (call) => digestOf(call.arguments)).get(digestOf(undone.arguments)) ?? [];
  };
}

function undoOf(
  contract: Contract,
  call: LedgerCall,
  pairs: Pairs,
  known: ReadonlyMap<string, { by: string; at: number }>,
  { now, zone }: { now: number; zone: string },
): Undo {
  const undone = pairs.undoes.get(call.id);
  if (undone !== undefined) return { state: 'undoes', callId: undone };
  const reported = known.get(call.id);
  if (reported !== undefined) return { state: 'compensated', by: reported.by, callId: null, at: reported.at };
  const by = pairs.undoneBy.get(call.id);
  if (by !== undefined) return { state: 'compensated', by: by.tool, callId: by.id, at: by.at };
  const undoing = undoingOf(contract, call.tool);
  if (undoing === null) return { state: 'irreversible' };
  const until = undoUntil(undoing, call.at, zone);
  return until !== null && until < now
    ? { state: 'too-late', by: undoing.by, until, written: undoing.written }
    : { state: 'reversible', by: undoing.by, until, written: undoing.written };
}

function reachOf(entries: readonly LedgerEntry[], movesMoney: (tool: string) => boolean): Reach {
  const records = new Set<string>();
  let recordsUntold = 0;
  let amountsUntold = 0;
  // By record and currency the largest amount: a draft and its release move the same money.
  const byRecord = new Map<string, Amount>();
  const alone: Amount[] = [];
  for (const { tool, action, record, amount } of entries) {
    if (record === null) recordsUntold += 1;
    else records.add(record);
    if (amount === null) {
      if (action === 'transact' || movesMoney(tool)) amountsUntold += 1;
    } else if (record === null) alone.push(amount);
    else {
      const key = `${record}\n${amount.currency ?? ''}`;
      const before = byRecord.get(key);
      if (before === undefined || before.value < amount.value) byRecord.set(key, amount);
    }
  }
  const sums = new Map<string | null, number>();
  for (const { value, currency } of [...byRecord.values(), ...alone])
    sums.set(currency, (sums.get(currency) ?? 0) + value);
  return {
    calls: entries.length,
    records: records.size,
    recordsUntold,
    amounts: [...sums]
      .map(([currency, value]) => ({ currency, value }))
      .sort((a, b) => b.value - a.value || ((a.currency ?? '') < (b.currency ?? '') ? -1 : 1)),
    amountsUntold,
  };
}

/** The contract's amounts are US dollars, and so is an amount that names no currency. */
function limitsOf(contract: Contract, reached: Reach, unknownCalls: number): Limit[] {
  const { records, amount } = contract.failure.blastRadius ?? {};
  const limit = (of: Limit['of'], most: number, value: number, untold: boolean): Limit => ({
    of,
    limit: most,
    reached: value,
    held: value > most ? 'exceeded' : untold ? 'unknown' : 'within',
  });
  const dollars = reached.amounts.filter(({ currency }) => currency === null || currency === 'USD');
  const foreign = reached.amounts.length > dollars.length;
  return [
    ...(records === undefined
      ? []
      : [limit('records', records, reached.records, reached.recordsUntold + unknownCalls > 0)]),
    ...(amount === undefined
      ? []
      : [
          limit(
            'amount',
            amount,
            dollars.reduce((sum, { value }) => sum + value, 0),
            foreign || reached.amountsUntold + unknownCalls > 0,
          ),
        ]),
  ];
}
