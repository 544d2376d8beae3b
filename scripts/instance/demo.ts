/** Fills the demo workspace over the front door, once for a data folder, while people already look around. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dim, duration, say } from './terminal';

export interface SeedOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  guard: string;
}

/** Starts the seeding if it has not been done. Returns how to break it off; it goes on at the next start. */
export function fillDemo({ folder, env, guard }: SeedOptions): () => Promise<void> {
  const done = join(folder, 'demo-filled');
  if (existsSync(done)) return async () => {};
  const began = Date.now();
  const live = process.stdout.isTTY === true;
  let stopped = false;
  let faults: string[] = [];
  if (!live) say('\nFilling the demo workspace …');
  // Not bundled: it reads contracts that lie beside it.
  const child = spawn(
    process.execPath,
    ['--import', guard, '--import', 'tsx', 'scripts/instance/fill-demo.ts'],
    {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (live && !stopped) process.stdout.write(`\r${dim(`  Filling the demo workspace: ${line}`)}\u001b[K`);
    });
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on('line', (line) => {
      faults = [...faults.slice(-19), line];
    });
  const exited = new Promise<void>((settle) => {
    child.once('exit', async (code) => {
      if (live) process.stdout.write('\r\u001b[K');
      if (code === 0) {
        await writeFile(done, `${new Date().toISOString()}\n`);
        say(`The demo workspace is filled ${dim(duration(Date.now() - began))}`);
      } else if (!stopped) {
        say('The demo workspace is not complete; the next start goes on with it.');
        for (const line of faults) say(dim(`  ${line}`));
      }
      settle();
    });
  });
  return async () => {
    stopped = true;
    child.kill('SIGTERM');
    await exited;
  };
}
