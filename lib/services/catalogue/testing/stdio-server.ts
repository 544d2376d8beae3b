import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { aToolServer } from './mcp-server';

await aToolServer(process.argv.slice(2)).connect(new StdioServerTransport());
