import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { isDisjointWith, JS, NFA } from 'refa';
import { analyse } from 'scslre';

/** What was found of a pattern; contracts are read over and over with the same ones. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1000;

/**
 * Whether some text would take this pattern exponentially long to refuse: repetition inside repetition ((a+)+, ((a+))+), or a
 * repeated choice between ways to match the same text ((a|a)+, (a|ab|b)+). What follows the pattern is taken to fail, since
 * one more character in it can make that so. A text that is no regular expression is not slow.
 */
export function isSlowPattern(pattern: string): boolean {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const slow = findSlow(pattern);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(pattern, slow);
  return slow;
}

function findSlow(source: string): boolean {
  try {
    const { reports } = analyse(
      { source, flags: 'u' },
      { assumeRejectingSuffix: true, reportTypes: { Trade: true, Self: true, Move: false } },
    );
    return reports.some((report) => report.exponential) || repeatedChoices(source).some(isAmbiguous);
  } catch {
    // Not a regular expression, which the schema says, or too large to be looked through: such a pattern is no agreement.
    return source.length > LONGEST_ANALYSED;
  }
}

const LONGEST_ANALYSED = 300;

/** The alternatives of every group that is repeated without end, as text. */
function repeatedChoices(source: string): string[][] {
  const choices: string[][] = [];
  visitRegExpAST(new RegExpParser().parsePattern(source, 0, source.length, { unicode: true }), {
    onQuantifierEnter({ max, element }: AST.Quantifier) {
      const isGroup = element.type === 'Group' || element.type === 'CapturingGroup';
      if (max === Number.POSITIVE_INFINITY && isGroup && element.alternatives.length > 1)
        choices.push(element.alternatives.map((alternative) => alternative.raw));
    },
  });
  return choices;
}

/** Whether some text can be taken apart in two ways that begin with different alternatives. */
function isAmbiguous(alternatives: readonly string[]): boolean {
  const all = alternatives.join('|');
  const ways = alternatives.map((first) => automaton(`(?:${first})(?:${all})*`));
  return ways.some((one, index) => ways.slice(index + 1).some((other) => !isDisjointWith(one, other)));
}

function automaton(source: string): NFA {
  const { expression, maxCharacter } = JS.Parser.fromLiteral({ source, flags: 'u' }).parse({
    assertions: 'unknown',
    backreferences: 'disable',
  });
  return NFA.fromRegex(expression, { maxCharacter }, { assertions: 'disable' });
}
