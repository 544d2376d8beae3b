/**
 * Tools that a contract names as what undoes another call pass while the agent is held and recovers (lib/decision/compile.ts).
 * So a compensation more, or another way to undo a call, can permit a call that was refused.
 */
import { type Around, type Compare, moveOf, reversible } from './diff-moves';
import type { Contract } from './schema';

/** Whether a change of what undoes calls also changes which calls pass while the agent is held. */
export function changesRemedies(before: unknown, after: unknown, around: Around): boolean {
  return opens(after, around) || closes(before, around);
}

/** A compensation that is added or removed, by the calls that it lets pass and by who approves it. */
export const compensations: Compare = (before, after, around) => {
  const unapproved = isUnapproved(before) || isUnapproved(after);
  if (changesRemedies(before, after, around) || unapproved) return 'both';
  return after === undefined ? 'wider' : 'narrower';
};

/** What undoes a call, named anew. */
export const remedies: Compare = (before, after, around) =>
  moveOf(!opens(after, around), !closes(before, around));

/** Whether and by what a tool's calls can be undone. */
export const undoing: Compare = (before, after, around) => {
  const move = reversible(before, after, around);
  return moveOf(
    (move === 'narrower' || move === 'neutral') && !opens(after, around),
    (move === 'wider' || move === 'neutral') && !closes(before, around),
  );
};

function opens(after: unknown, around: Around): boolean {
  return byOf(after).some((name) => passes(around.after, name) && !passes(around.before, name));
}

function closes(before: unknown, around: Around): boolean {
  return byOf(before).some((name) => passes(around.before, name) && !passes(around.after, name));
}

/** The tool that a compensation, its `by` or a tool's `reversible` names. */
function byOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null && 'by' in value && typeof value.by === 'string'
    ? [value.by]
    : [];
}

function isUnapproved(compensation: unknown): boolean {
  return (
    typeof compensation === 'object' &&
    compensation !== null &&
    'approval' in compensation &&
    compensation.approval === 'none'
  );
}

/** Whether a call of the tool passes while the agent recovers. */
function passes(contract: Contract, name: string): boolean {
  const entry = Object.hasOwn(contract.tools, name) ? contract.tools[name] : contract.tools['*'];
  if (entry === undefined || entry.action === 'read') return entry !== undefined;
  return (
    contract.failure.compensations.some(({ by }) => by === name) ||
    Object.values(contract.tools).some((tool) => byOf(tool.reversible).includes(name))
  );
}
