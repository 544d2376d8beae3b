/**
 * What a change of a contract means: which way it moves and where it re-enters the lifecycle (design: a parameter tweak is
 * re-signed at G6, an implementation fix goes back to Build, a re-scope to Scoping). One table; docs/contract-changes.md
 * is held against it by a test, and each row has an example in change-rules.test.ts.
 *
 * The principle behind the rows:
 * - What the agent may do, reach or decide grows: Scoping. What was agreed is agreed again.
 * - It shrinks, or what was built and tested is no longer what will run: Build (G3 tests it, G4 replays it).
 * - A figure moves the strict way, or people, names and dates change: G6. A figure of budgets and quality is the
 *   sponsor's, who signs G6, whichever way it moves.
 * - A figure of authority, data or risk moves the loose way: Build, because G4 is where that is replayed and reviewed.
 */
import type { Row } from './change-row';
import { LIMIT_RULES } from './change-rules-limits';
import { MANDATE_RULES } from './change-rules-mandate';

const TABLE = { ...MANDATE_RULES, ...LIMIT_RULES };

export type RuleId = keyof typeof TABLE;

export interface ChangeRule extends Row {
  id: RuleId;
}

/** Every rule, in the order of the docs. */
export const CHANGE_RULES: readonly ChangeRule[] = Object.entries(TABLE).flatMap(([id, row]) =>
  isRuleId(id) ? [{ id, ...row }] : [],
);

function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(TABLE, id);
}

/** The row of a rule. */
export function changeRule(id: RuleId): Row {
  return TABLE[id];
}
