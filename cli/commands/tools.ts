import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import { openApiTools } from '@/lib/contract/openapi-tools';
import { formatDuration } from '@/lib/format';
import { listMcpTools } from '@/lib/services/catalogue/mcp-tools';
import type { SourceTool } from '@/lib/services/catalogue/source-tool';
import { EXIT, Failure, type Outcome } from '../outcome';
import { issueLines, readText } from '../read';
import type { Server } from '../server';
import { splitCommand } from '../split-command';

const TIMEOUT_MS = 60_000;
const importedSchema = z.object({
  server: z.string(),
  added: z.array(z.string()),
  changed: z.array(z.string()),
  unchanged: z.number(),
  missing: z.array(z.string()),
  refused: z.array(z.object({ name: z.string(), why: z.string() })),
});

export interface ToolSource {
  stdio?: string | undefined;
  http?: string | undefined;
  openapi?: string | undefined;
  /** Header of an HTTP server that asks who calls: `Authorization: Bearer …`. */
  header?: string | undefined;
  /** What contracts call it. */
  name?: string | undefined;
}

/** Reads the tools a server or API file lists, here on this machine, and sends the list. Calls none of them. */
export async function importTools(source: ToolSource, server: () => Promise<Server>): Promise<Outcome> {
  const listed = await read(source);
  const name = source.name ?? listed.name;
  if (name === null || name === '')
    throw new Failure(
      EXIT.usage,
      'It does not say what it is called: pass --server with the name contracts use.',
    );
  const response = await (await server()).request('catalogue', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      server: name,
      origin: source.openapi === undefined ? 'mcp' : 'openapi',
      tools: listed.tools,
    }),
  });
  const done = importedSchema.parse(await response.json());
  return {
    exit: EXIT.ok,
    lines: [
      `${done.server}: ${done.added.length} new, ${done.changed.length} changed, ${done.unchanged} unchanged, ${done.missing.length} no longer listed.`,
      ...done.refused.map(({ name: tool, why }) => `  left out ${tool}: ${why}`),
      ...(done.added.length + done.changed.length === 0 ? [] : ['They wait for a person: Settings, Tools.']),
    ],
    json: done,
  };
}

async function read(source: ToolSource): Promise<{ name: string | null; tools: SourceTool[] }> {
  const given = [source.stdio, source.http, source.openapi].filter((each) => each !== undefined);
  if (given.length !== 1)
    throw new Failure(
      EXIT.usage,
      'Say where the tools are: --stdio "<command>", --http <address> or --openapi <file>.',
    );
  if (source.openapi !== undefined) {
    const api = openApiTools(await readText(source.openapi));
    if (!api.ok)
      throw new Failure(
        EXIT.found,
        `${source.openapi} could not be read.`,
        issueLines(source.openapi, api.issues),
      );
    return { name: api.title, tools: api.tools };
  }
  try {
    return await listMcpTools(transportOf(source), TIMEOUT_MS);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new Failure(
      EXIT.server,
      late
        ? `It did not list its tools within ${formatDuration(TIMEOUT_MS)}.`
        : `It did not answer as an MCP server: ${said}`,
    );
  }
}

function transportOf({ stdio, http, header }: ToolSource): Parameters<typeof listMcpTools>[0] {
  if (stdio !== undefined) {
    const [command, ...args] = splitCommand(stdio);
    if (command === undefined)
      throw new Failure(EXIT.usage, '--stdio needs the command that starts the server.');
    // Its own messages stay visible: why a server does not start is often said there.
    return new StdioClientTransport({ command, args, env: environment(), stderr: 'inherit' });
  }
  const url = http ?? '';
  if (!URL.canParse(url)) throw new Failure(EXIT.usage, `--http needs an address; "${url}" is none.`);
  const [, name, value] = /^([A-Za-z0-9-]+):\s*(.+)$/.exec(header ?? '') ?? [];
  if (header !== undefined && (name === undefined || value === undefined))
    throw new Failure(EXIT.usage, '--header is written "Name: value".');
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: name === undefined || value === undefined ? {} : { [name]: value } },
  });
}

/** The shell's, without what is only for talking to Countersign. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('COUNTERSIGN_') ? [] : [[name, value]],
    ),
  );
}
