import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AppError } from '@/lib/errors';
import { formatDuration } from '@/lib/format';
import { guardedFetch, INSTEAD, parseServerUrl } from './guarded-fetch';
import { type ImportedTools, importTools } from './import-tools';
import { type ListedTools, listMcpTools } from './mcp-tools';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 5_000_000;

export const mcpAddressSchema = z.object({
  server: z.string().trim().max(200, 'At most 200 characters.'),
  url: z.string().trim().min(1, 'Give the address of the server.').max(2000),
  /** One header with what the server asks for; sent and forgotten. */
  header: z
    .string()
    .trim()
    .max(200)
    .regex(/^[A-Za-z0-9-]*$/, 'A header name has letters, digits and hyphens.')
    .default(''),
  value: z.string().trim().max(8000).default(''),
});

/**
 * Imports the tools an MCP server lists over streamable HTTP. Its name is the one given, else what it calls itself. Throws
 * `invalid`, at `url`, when it cannot be reached or is no MCP server.
 */
export async function importFromMcp(
  actor: Actor,
  input: z.output<typeof mcpAddressSchema>,
  limits: { timeoutMs: number; maxBytes: number } = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES },
): Promise<ImportedTools> {
  authorize(actor, 'catalogue.import', { workspaceId: actor.workspaceId });
  const url = parseServerUrl(input.url);
  const long = new AbortController();
  const transport = new StreamableHTTPClientTransport(url, {
    fetch: guardedFetch(limits.maxBytes, (error) => long.abort(error)),
    requestInit: { headers: input.header === '' ? {} : { [input.header]: input.value } },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1000,
      maxReconnectionDelay: 1000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  const listed = await listMcpTools(transport, limits.timeoutMs, long.signal).catch(
    (error: unknown): ListedTools => {
      const message = explain(error, url, limits.timeoutMs);
      throw new AppError('invalid', message, {
        issues: [{ path: 'url', message: 'No tools were read from this address.' }],
        cause: error,
      });
    },
  );
  return importTools(actor, {
    server: input.server === '' ? (listed.name ?? url.hostname).slice(0, 200) : input.server,
    origin: 'mcp',
    tools: listed.tools,
  });
}

function explain(error: unknown, url: URL, timeoutMs: number): string {
  const said = messages(error).replace(/\s+/g, ' ').slice(0, 300);
  if (/not a public address/.test(said)) return `${said} ${INSTEAD}`;
  if (/aborted|timed? ?out|timeout/i.test(said))
    return `${url.host} did not list its tools within ${formatDuration(timeoutMs)}.`;
  if (/\b401\b|\b403\b|unauthori[sz]ed/i.test(said))
    return `${url.host} refuses this caller. Give the header it asks for.`;
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) return `${url.hostname} could not be resolved. Is the name right?`;
  if (/ECONNREFUSED/.test(said)) return `Nothing answers at ${url.host}.`;
  return `${url.host} did not answer as an MCP server: ${said}`;
}

function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && error.code !== undefined ? ` ${error.code}` : '';
  return `${error.message}${code}${error.cause === undefined ? '' : ` ${messages(error.cause)}`}`;
}
