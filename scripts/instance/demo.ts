/** Fills the demo workspace over the front door while people already look around, and plays its one live agent. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FILLED } from './filled';
import { dim, duration, say } from './terminal';

export interface SeedOptions {
  folder: string;
  env: NodeJS.ProcessEnv;
  guard: string;
}

/**
 * Starts the demo's process unless all it does is done for this data folder. Returns how to break it off; it goes on at
 * the next start.
 */
export function fillDemo({ folder, env, guard }: SeedOptions): () => Promise<void> {
  const done = join(folder, 'demo-ended');
  if (existsSync(done)) return async () => {};
  const began = Date.now();
  const live = process.stdout.isTTY === true;
  let stopped = false;
  let faults: string[] = [];
  let filled = false;
  let filling = false;
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
      if (line === FILLED) {
        filled = true;
        if (live) process.stdout.write('\r\u001b[K');
        if (filling) say(`The demo workspace is filled ${dim(duration(Date.now() - began))}`);
        return;
      }
      filling = true;
      if (live && !stopped) process.stdout.write(`\r${dim(`  Filling the demo workspace: ${line}`)}\u001b[K`);
    });
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on('line', (line) => {
      faults = [...faults.slice(-19), line];
    });
  const exited = new Promise<void>((settle) => {
    child.once('exit', async (code) => {
      if (code === 0) {
        // Where it cannot be kept (a full disk), the next start looks again and finds everything done.
        await writeFile(done, `${new Date().toISOString()}\n`).catch(() => {});
      } else if (!stopped) {
        if (live && !filled) process.stdout.write('\r\u001b[K');
        say(
          filled
            ? 'The demo’s claims agent ended; the next start goes on with it.'
            : 'The demo workspace is not complete; the next start goes on with it.',
        );
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
