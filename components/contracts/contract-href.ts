import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';

export const CONTRACT_TABS = ['contract', 'review', 'lint', 'coverage', 'versions', 'source'] as const;
export type ContractTab = (typeof CONTRACT_TABS)[number];

/** A contract's page: the version in force unless one is named, the document unless a tab is. */
export function contractHref(
  agent: string,
  at: { version?: number | undefined; tab?: ContractTab } = {},
): string {
  const query = new URLSearchParams();
  if (at.version !== undefined) query.set('version', String(at.version));
  if (at.tab !== undefined && at.tab !== 'contract') query.set('tab', at.tab);
  const path = `/contracts/${agent === DEFAULTS_AGENT ? 'defaults' : encodeURIComponent(agent)}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** A draft's page: where it is written. */
export function draftHref(id: string): string {
  return `/contracts/drafts/${encodeURIComponent(id)}`;
}
