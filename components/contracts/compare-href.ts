import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';

export const COMPARE_VIEWS = ['side', 'inline', 'yaml'] as const;
export type CompareView = (typeof COMPARE_VIEWS)[number];

/** The comparison of two versions (by number) or drafts (by id) of a contract. What is left out is chosen by the page. */
export function compareHref(
  agent: string,
  at: {
    from?: string | number | undefined;
    to?: string | number | undefined;
    view?: CompareView | undefined;
    show?: string | undefined;
    reader?: string | undefined;
  } = {},
): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(at))
    if (value !== undefined && value !== '' && !(key === 'view' && value === 'side'))
      query.set(key, String(value));
  const path = `/contracts/${agent === DEFAULTS_AGENT ? 'defaults' : encodeURIComponent(agent)}/compare`;
  return query.size === 0 ? path : `${path}?${query}`;
}
