/**
 * npm passes on a Ctrl-C that the terminal has already sent us, within a few milliseconds: those two are one. People
 * are slower.
 */
const SAME_MS = 100;

/** What a signal at `at` (milliseconds) means, told of those before it. */
export function pressCounter(): (at: number) => 'first' | 'again' | 'echo' {
  let latest: number | undefined;
  return (at) => {
    const before = latest;
    latest = at;
    if (before === undefined) return 'first';
    return at - before < SAME_MS ? 'echo' : 'again';
  };
}

/** Calls `first` on the first Ctrl-C (or SIGTERM, SIGHUP), `again` on each later one. */
export function onSignals(first: () => void, again: () => void): void {
  const count = pressCounter();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      const press = count(Date.now());
      if (press === 'first') first();
      else if (press === 'again') again();
    });
}
