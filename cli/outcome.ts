/** How a command ended, as scripts see it (docs/contract-as-code.md). */
export const EXIT = {
  ok: 0,
  /** The contract has faults, a scenario differs, or a difference was asked about and there is one. */
  found: 1,
  /** It was called wrongly, or a file cannot be read. */
  usage: 2,
  /** The server refused, or cannot be reached. */
  server: 3,
  /** The draft has moved: people changed it, or it is not open any more. */
  conflict: 4,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What a command says: lines for people, or one JSON value with --json. */
export interface Outcome {
  exit: Exit;
  lines: string[];
  json: unknown;
}

/** Ends a command with a message and no result. */
export class Failure extends Error {
  constructor(
    readonly exit: Exit,
    message: string,
    /** Further lines, such as the faults of a contract. */
    readonly lines: readonly string[] = [],
    readonly json: unknown = { error: message },
  ) {
    super(message);
    this.name = 'Failure';
  }
}
