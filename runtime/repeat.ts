/** Work that is done again and again until it is stopped. */
export interface Repeated {
  /** Does it no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Does the work at once, and again each time `everyMs` after it has ended, well or not. What it throws goes to `failed`. */
export function repeat(
  work: () => Promise<void>,
  { everyMs, failed }: { everyMs: number; failed: (error: unknown) => void },
): Repeated {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  const turn = async () => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!stopping) timer = setTimeout(begin, everyMs);
  };
  let underWay = turn();
  function begin(): void {
    underWay = turn();
  }
  return {
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}
