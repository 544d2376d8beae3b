import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { z } from 'zod';
import { MAX_TOOLS, type SourceTool, sourceToolSchema } from './source-tool';

const MAX_PAGES = 50;

/** What is read of a tool; everything else a server adds is left. */
const listedSchema = z.object({
  name: z.string(),
  description: z.string().optional(),
  inputSchema: z.unknown(),
  annotations: z
    .object({
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
});

/** A server's tools, and what it calls itself. */
export interface ListedTools {
  name: string | null;
  tools: SourceTool[];
}

/**
 * Asks an MCP server for its tools, page by page, and closes the connection. Used by the dashboard over HTTP and by the
 * command line, which alone starts servers. Rejects with what the SDK says when the server cannot be talked to.
 *
 * @param timeoutMs for the whole conversation
 * @param stop ends it early, with its reason
 */
export async function listMcpTools(
  transport: Transport,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<ListedTools> {
  const client = new Client({ name: 'countersign', version: '1' });
  const late = AbortSignal.timeout(timeoutMs);
  const signal = stop === undefined ? late : AbortSignal.any([late, stop]);
  try {
    return await Promise.race([converse(client, transport, { signal, timeout: timeoutMs }), stopped(signal)]);
  } finally {
    await client.close();
  }
}

/** The SDK does not always notice: a broken stream is no answer, and it goes on waiting for one. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function converse(
  client: Client,
  transport: Transport,
  options: { signal: AbortSignal; timeout: number },
): Promise<ListedTools> {
  await client.connect(transport, options);
  const tools: SourceTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const listed = await client.listTools(cursor === undefined ? {} : { cursor }, options);
    tools.push(...listed.tools.map(sourceTool));
    if (tools.length > MAX_TOOLS)
      throw new Error(`It lists more than ${MAX_TOOLS} tools, more than an agent could be told of.`);
    cursor = listed.nextCursor;
    if (cursor === undefined || cursor === '') break;
  }
  return { name: client.getServerVersion()?.name ?? null, tools };
}

function sourceTool(listed: unknown): SourceTool {
  const { name, description, inputSchema, annotations = {} } = listedSchema.parse(listed);
  return sourceToolSchema.parse({ name, description, arguments: inputSchema, hints: annotations });
}
