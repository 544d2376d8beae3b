/** The rail's entries and what the palette calls pages, once. */
export const PLACES: readonly { href: string; label: string }[] = [
  { href: '/', label: 'Overview' },
  { href: '/inbox', label: 'Inbox' },
  { href: '/agents', label: 'Agents' },
  { href: '/contracts', label: 'Contracts' },
  { href: '/runs', label: 'Runs' },
  { href: '/signals', label: 'Signals' },
  { href: '/incidents', label: 'Incidents' },
  { href: '/on-call', label: 'On call' },
  { href: '/review', label: 'Review' },
  { href: '/settings', label: 'Settings' },
];

export const REVIEW_PLACES = [
  { id: 'board', href: '/review', label: 'Board' },
  { id: 'mine', href: '/review?mine=1', label: 'Waiting for me' },
  { id: 'amendments', href: '/amendments', label: 'Amendments' },
  { id: 'expert', href: '/review/expert', label: 'Expert review' },
  { id: 'record', href: '/review/record', label: 'Record' },
  { id: 'fallbacks', href: '/review/fallbacks', label: 'Fallbacks' },
  { id: 'signers', href: '/review/signers', label: 'Signers' },
] as const;

export const SETTINGS_PLACES: readonly { id: string; href: string; label: string }[] = [
  { id: 'workspace', href: '/settings', label: 'Workspace' },
  { id: 'people', href: '/settings/people', label: 'People' },
  { id: 'keys', href: '/settings/keys', label: 'API keys' },
  { id: 'channels', href: '/settings/channels', label: 'Channels' },
  { id: 'tools', href: '/settings/tools', label: 'Tools' },
  { id: 'prices', href: '/settings/prices', label: 'Model prices' },
  { id: 'audit', href: '/settings/audit', label: 'Audit log' },
  { id: 'you', href: '/settings/you', label: 'You' },
];

/** Whether `path` is at or below the place. */
export function isAt(path: string, href: string): boolean {
  if (href === '/') return path === '/' || path.startsWith('/overview/');
  // Amendments stand under Review, beside its own pages.
  const under = href === '/review' ? [href, '/amendments'] : [href];
  return under.some((each) => path === each || path.startsWith(`${each}/`));
}
