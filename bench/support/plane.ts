/** A runtime plane as a process of its own, on a free port. Prints its address when it listens. */
import { startOutbox } from '@/runtime/outbox/worker';
import { buildServer } from '@/runtime/server';

const server = buildServer({ logLevel: 'error' });
startOutbox(server.log);
process.on('SIGTERM', () => process.exit(0));
console.log(await server.listen({ port: 0, host: '127.0.0.1' }));
