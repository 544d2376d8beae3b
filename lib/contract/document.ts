import type { ClauseText } from './clause-text';
import { cost, failure, quality, risk, versioning } from './document-limits';
import { authority, evidence, identity, ownership, policies, scope, tools } from './document-mandate';
import { type Contract, SECTIONS, type SectionKey } from './schema';

export interface SectionText {
  key: SectionKey;
  /** 1 to 12. */
  number: number;
  title: string;
  clauses: ClauseText[];
}

/**
 * The twelve sections as sentences, by rule from the clauses. The tables (authority rules, risk weights) are not among
 * them: a page sets those from `authorityRows` and the risk section itself.
 */
export function sectionTexts(contract: Contract): SectionText[] {
  return SECTIONS.map(({ key, title }, index) => ({
    key,
    number: index + 1,
    title,
    clauses: WRITERS[key](contract),
  }));
}

const WRITERS: Record<SectionKey, (contract: Contract) => ClauseText[]> = {
  identity,
  scope,
  tools,
  authority,
  evidence,
  policies,
  ownership,
  risk,
  quality,
  cost,
  failure,
  versioning,
};
