/** A real MCP server, of the SDK's own, for tests: over HTTP here, over stdio when run as a program. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

/** Lists a search that reads, a payment, and a deletion that its server calls destructive. */
export function aToolServer(more: readonly string[] = []): McpServer {
  const server = new McpServer({ name: 'desk', version: '1.0.0' });
  const answer = async () => ({ content: [{ type: 'text' as const, text: 'done' }] });
  server.registerTool(
    'tickets_search',
    {
      description: 'Searches tickets by customer.',
      inputSchema: { customer_email: z.email(), limit: z.int().min(1).max(50).optional() },
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    answer,
  );
  server.registerTool(
    'payments_refund',
    {
      description: 'Refunds a payment.',
      inputSchema: { payment_id: z.string(), amount: z.number().positive(), request_id: z.string() },
      annotations: { destructiveHint: true, idempotentHint: true },
    },
    answer,
  );
  server.registerTool('tickets_delete', { annotations: { destructiveHint: true } }, answer);
  for (const name of more) server.registerTool(name, {}, answer);
  return server;
}

/** The server over streamable HTTP on a free port; `key`, when given, is asked for as a bearer's. */
export async function listenMcp(
  build: () => McpServer,
  key?: string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const http = createServer((request, response) => {
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401).end();
      return;
    }
    // Without sessions each request has a server of its own.
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: false });
    response.on('close', () => void transport.close());
    void bodyOf(request).then(async (body) => {
      await build().connect(transport);
      await transport.handleRequest(request, response, body);
    });
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const address: AddressInfo | string | null = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close: () =>
      new Promise<void>((done) => {
        http.closeAllConnections();
        http.close(() => done());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
