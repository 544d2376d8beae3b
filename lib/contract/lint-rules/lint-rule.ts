import type { Edit } from '../edit-value';
import type { Contract } from '../schema';

/**
 * error: the contract cannot mean this, or something in it can never happen. warning: it works and somebody will be sorry.
 * note: worth knowing before one signs.
 */
export type LintLevel = 'error' | 'warning' | 'note';

/** What lint knows beside the contract; what is left out is not judged. */
export interface LintContext {
  /** YYYY-MM-DD. */
  today: string;
  /** The roles of the workspace's members, by lower-case e-mail address. */
  people?: ReadonlyMap<string, readonly string[]>;
  /** Labels that other versions of this contract have (`versioning.contract`). */
  labels?: readonly string[];
  /** Names of the workspace's webhook endpoints. */
  endpoints?: readonly string[];
}

/** What would mend it, as edits of the draft; nothing is decided by it that only people can decide. */
export interface Mend {
  /** On the button: "Remove it", "Set it to 1.1". */
  title: string;
  edits: Edit[];
}

export interface LintFinding {
  /** The id of the rule. */
  rule: string;
  level: LintLevel;
  clause: string;
  message: string;
  /** Why it matters, in a sentence. */
  why: string;
  mend?: Mend;
}

export interface Found {
  clause: string;
  message: string;
  mend?: Mend;
  /** Where this one is worse or better than its rule says. */
  level?: LintLevel;
}

export interface LintRule {
  id: string;
  level: LintLevel;
  /** What it looks for, for docs/lint.md. */
  what: string;
  why: string;
  find: (contract: Contract, context: LintContext) => Found[];
}

/** "1 tool", of quoted names at most three: `a`, `b`, `c` and 4 more. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
