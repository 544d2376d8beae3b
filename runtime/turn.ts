let last: Promise<void> = Promise.resolve();

/**
 * Resolves when it is the caller's turn to do something that takes milliseconds of processor time: one such thing in
 * each round of the event loop, so that what others wait for (the database's answers, decisions) is not held up by
 * however many requests came in together.
 */
export function turn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}
