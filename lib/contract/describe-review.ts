import { formatCount, formatExactPercent } from '@/lib/format';
import { figure, type Part } from './describe';
import type { ReviewRule } from './schema';
import { reviewTerms } from './terms';

/** Which runs subject experts review, as one sentence without its stop. */
export function describeReview(review: ReviewRule): Part[] {
  const terms = reviewTerms({ quality: { criteria: [], review } });
  if (terms === null || (terms.share === 0 && terms.silentShare === 0))
    return ['Subject experts review none of its runs'];
  const { share, silentShare, reviewers, withinDays } = terms;
  const runs: Part[] =
    share === silentShare
      ? [figure(percent(share)), ' of its runs, drawn at random']
      : [
          figure(percent(silentShare)),
          ' of its silent runs and ',
          figure(percent(share)),
          ' of all others, drawn at random',
        ];
  return [
    'Subject experts review ',
    ...runs,
    ', within ',
    figure(withinDays === 1 ? '1 day' : `${formatCount(withinDays)} days`),
    ...(reviewers === 1 ? [] : [', ', figure(`${formatCount(reviewers)} people`), ' each']),
  ];
}

/** To a tenth of a percent only where it says something. */
function percent(share: number): string {
  return formatExactPercent(share);
}
