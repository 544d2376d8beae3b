import { createInterface } from 'node:readline';

/** What a process that works by turns prints when it waits for its next. */
export const READY = 'ready';

/** Waits for the next turn: whoever started this process writes it a line for each. */
export function turnsOf(input: NodeJS.ReadableStream): () => Promise<void> {
  const turns = createInterface({ input })[Symbol.asyncIterator]();
  return async () => {
    console.log(READY);
    await turns.next();
  };
}
