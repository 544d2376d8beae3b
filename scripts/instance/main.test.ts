import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';

/** Lets anybody in, as PostgreSQL's protocol has it, and then answers nothing. */
const AUTHENTICATED_AND_READY = Buffer.from('R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I', 'latin1');

test('npm start ends when it is told to, also while it waits for a database that never answers', async () => {
  const sockets: Socket[] = [];
  let asked = () => {};
  const question = new Promise<void>((done) => {
    asked = done;
  });
  const database = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(AUTHENTICATED_AND_READY);
      socket.once('data', asked);
    });
  });
  await new Promise<void>((done) => database.listen(0, '127.0.0.1', done));
  const address = database.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const config = {
    databaseUrl: `postgresql://nobody@127.0.0.1:${address.port}/none`,
    secret: 'x'.repeat(32),
    dashboardPort: 1,
    runtimePort: 2,
    host: '127.0.0.1',
    dashboardUrl: 'http://localhost:1',
    demo: false,
    dataFolder: undefined,
  };
  const script = `import { serve } from './scripts/instance/main.ts';
    process.exit(await serve(${JSON.stringify(config)}, { bundles: 'none', buildFolder: 'none' }, Date.now()));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exit = new Promise<number | null>((done) => child.once('exit', done));
  try {
    await Promise.race([
      question,
      exit.then((code) => Promise.reject(new Error(`ended with ${code}: ${said}`))),
    ]);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(said).toContain('Stopped.');
  } finally {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    database.close();
  }
}, 60_000);
