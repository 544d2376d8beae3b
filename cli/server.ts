import { z } from 'zod';
import { EXIT, Failure } from './outcome';

const TIMEOUT_MS = 30_000;

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z
      .array(
        z.object({
          path: z.string(),
          line: z.number().optional(),
          column: z.number().optional(),
          message: z.string(),
          expected: z.string().optional(),
        }),
      )
      .default([]),
  }),
});

export interface Server {
  url: string;
  /** Answers of 400 and above end the command with what the server says. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The same, with null for what is not there. */
  find(path: string): Promise<Response | null>;
}

/** The dashboard of COUNTERSIGN_URL (or --url), spoken to with the key of COUNTERSIGN_KEY. */
export function serverOf(env: NodeJS.ProcessEnv, given: string | undefined): Server {
  const address = given ?? env.COUNTERSIGN_URL;
  if (address === undefined || !URL.canParse(address))
    throw new Failure(
      EXIT.usage,
      'Say which server: set COUNTERSIGN_URL to the address of the dashboard, or pass --url.',
    );
  const key = env.COUNTERSIGN_KEY;
  if (key === undefined || key === '')
    throw new Failure(
      EXIT.usage,
      'Set COUNTERSIGN_KEY to an API key of scope author (Settings, API keys). It is never an argument: those are seen by others.',
    );
  const url = address.replace(/\/+$/, '');
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await fetch(`${url}/api/v1/${path}`, {
        ...init,
        headers: { authorization: `Bearer ${key}`, ...Object.fromEntries(new Headers(init.headers)) },
        // A key is sent to the address that was given and to no other.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw new Failure(EXIT.server, `${url} cannot be reached: ${reason(error)}.`);
    }
  };
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await send(path, init);
    if (!response.ok) throw await refusal(url, response);
    return response;
  };
  return {
    url,
    request,
    async find(path) {
      const response = await send(path);
      if (response.status === 404) return null;
      if (!response.ok) throw await refusal(url, response);
      return response;
    },
  };
}

async function refusal(url: string, response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success)
    return new Failure(EXIT.server, `${url} answered ${response.status}, and not as Countersign does.`);
  const { code, message, issues } = parsed.data.error;
  const exit = code === 'conflict' ? EXIT.conflict : code === 'invalid_contract' ? EXIT.found : EXIT.server;
  return new Failure(
    exit,
    message,
    issues.map(
      ({ path, line, column, message: what, expected }) =>
        `${line === undefined ? '' : `line ${line}:${column ?? 1}  `}${what}${expected === undefined ? '' : ` Expected: ${expected}.`}${path === '' ? '' : ` (${path})`}`,
    ),
    parsed.data,
  );
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it did not answer within 30 s';
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
