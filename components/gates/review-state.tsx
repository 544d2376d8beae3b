import { Tag } from '@/components/ui/tag';
import type { ReviewState } from '@/lib/services/gates/dto';
import { REVIEW_WORDS } from './words';

/** How a passage stands. `superseded`: what it decided was taken away by a later fallback or version. */
export function ReviewStateTag({ state, superseded = false }: { state: ReviewState; superseded?: boolean }) {
  const { word, tone } = REVIEW_WORDS[state];
  return <Tag tone={superseded ? 'plain' : tone}>{superseded ? `${word}, superseded since` : word}</Tag>;
}
