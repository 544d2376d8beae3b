import { plural } from '@/lib/format';
import type { Contract } from '../schema';
import { reviewTerms } from '../terms';
import { type Found, type LintContext, type LintRule, someOf } from './lint-rule';

/** The criteria that people who know the subject rate. */
function ratedBySme({ quality }: Contract): { id: string }[] {
  return quality.criteria.filter(({ signal }) => signal === 'sme');
}

function experts({ people }: LintContext): number | undefined {
  return people === undefined
    ? undefined
    : [...people.values()].filter((roles) => roles.includes('sme')).length;
}

export const EXPERT_REVIEW_RULES: readonly LintRule[] = [
  {
    id: 'nobody-reviews',
    level: 'warning',
    what: 'review by subject experts, where too few people hold the role',
    why: 'What nobody may rate stays unknown.',
    find: (contract, context) => {
      const there = experts(context);
      const terms = reviewTerms(contract);
      const criteria = ratedBySme(contract);
      const drawn = terms !== null && (terms.share > 0 || terms.silentShare > 0);
      if (there === undefined || (criteria.length === 0 && !drawn)) return [];
      const wanted = terms?.reviewers ?? 1;
      if (there >= wanted) return [];
      const clause =
        there > 0
          ? 'quality/review/reviewers'
          : criteria[0] === undefined
            ? 'quality/review'
            : `quality/criteria/${criteria[0].id}/signal`;
      return [
        {
          clause,
          message:
            there === 0
              ? 'Nobody of this workspace holds the role "sme".'
              : `${plural(wanted, 'person', 'people')} rate each run, and only ${there} of this workspace ${there === 1 ? 'holds' : 'hold'} the role "sme".`,
        },
      ];
    },
  },
  {
    id: 'review-draws-nothing',
    level: 'warning',
    what: 'criteria that subject experts rate, and no run is drawn for them (a note where nothing is said of review)',
    why: 'A criterion without ratings stays unknown, and unknown is not good.',
    find: (contract) => {
      const criteria = ratedBySme(contract).map(({ id }) => id);
      const terms = reviewTerms(contract);
      if (criteria.length === 0 || (terms !== null && (terms.share > 0 || terms.silentShare > 0))) return [];
      const found: Found = {
        clause: 'quality/review',
        message: `Subject experts rate ${someOf(criteria)}, and no run is drawn for them.`,
        mend: {
          title: 'Draw one run in twenty',
          edits: [{ op: 'set', path: ['quality', 'review'], value: { share: 0.05 } }],
        },
      };
      return [terms === null ? { ...found, clause: 'quality', level: 'note' } : found];
    },
  },
  {
    id: 'silence-unwatched',
    level: 'note',
    what: 'review by subject experts that leaves silent runs out',
    why: 'Wrong answers that break no clause are found by nothing else, and nothing bounds how many there are.',
    find: (contract) => {
      const terms = reviewTerms(contract);
      return terms !== null && terms.share > 0 && terms.silentShare === 0
        ? [
            {
              clause: 'quality/review/silentShare',
              message: 'No silent run is ever reviewed.',
              mend: {
                title: 'Draw them as often',
                edits: [{ op: 'set', path: ['quality', 'review', 'silentShare'], value: terms.share }],
              },
            },
          ]
        : [];
    },
  },
];
