/** Where to go after signing in: a path of ours, never an address somebody put into a link. */
export function safePath(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/';
  // "//host", "/\host" and control characters leave the site in some browsers.
  if (/^\/[/\\]/.test(next) || [...next].some((letter) => letter < ' ')) return '/';
  const url = new URL(next, 'http://here.invalid');
  if (url.origin !== 'http://here.invalid') return '/';
  if (/^\/(sign-in|welcome|set-password|api)(\/|$)/.test(url.pathname)) return '/';
  return url.pathname + url.search + url.hash;
}
