import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A script as npm runs it: a child of a shell. Says its process id first. */
async function start(code: string) {
  const source = `import { endWithShell } from './scripts/shell.mjs'; endWithShell(); ${code}; console.log(process.pid);`;
  const shell = spawn('/bin/sh', ['-c', '"$0" --input-type=module -e "$1"; true', process.execPath, source], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(shell);
  let said = '';
  const ended = new Promise<string>((done) => shell.stdout.once('close', () => done(said)));
  shell.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/^\d+\n/);
  return { shell, ended, pid: Number.parseInt(said, 10) };
}

/** For a while: where a test fails, it lives on without its shell. */
const ALIVE = 'setTimeout(() => process.exit(1), 50_000)';

test('what npm runs is told to end when npm and its shell have been', async () => {
  const { shell, ended } = await start(
    `${ALIVE}; process.on('SIGTERM', () => { console.log('told'); process.exit(0); })`,
  );
  shell.kill('SIGTERM');
  expect(await ended).toContain('told');
}, 60_000);

test('what npm runs ends of it also while it listens to nothing', async () => {
  const { shell, ended } = await start(ALIVE);
  const began = Date.now();
  shell.kill('SIGTERM');
  await ended;
  expect(Date.now() - began).toBeLessThan(40_000);
}, 60_000);

test('a Ctrl-C that ends the shell too is heard once', async () => {
  const { shell, ended, pid } = await start(
    `${ALIVE}; process.on('SIGTERM', () => console.log('told'));
     process.on('SIGINT', () => { console.log('pressed'); setTimeout(() => process.exit(0), 1500); })`,
  );
  process.kill(pid, 'SIGINT');
  shell.kill('SIGKILL');
  const said = await ended;
  expect(said).toContain('pressed');
  expect(said).not.toContain('told');
}, 60_000);
