/** Fills the demo workspace over the front door, once for a data folder, while people already look around. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dim, say } from './terminal';

export interface SeedOptions {
  folder: string;
  bundles: string;
  env: NodeJS.ProcessEnv;
  guard: string;
}

/** Starts the seeding if it has not been done. Returns how to break it off; it goes on at the next start. */
export function seedDemo({ folder, bundles, env, guard }: SeedOptions): () => Promise<void> {
  const done = join(folder, 'demo-seeded');
  if (existsSync(done)) return async () => {};
  let stopped = false;
  const child = spawn(process.execPath, ['--import', guard, join(bundles, 'seed.mjs')], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null)
      createInterface({ input: stream }).on('line', (line) => say(`${dim('demo')} ${line}`));
  const exited = new Promise<void>((settle) => {
    child.once('exit', async (code) => {
      if (code === 0) await writeFile(done, `${new Date().toISOString()}\n`);
      else if (!stopped) say('The demo workspace is not complete; the next start goes on with it.');
      settle();
    });
  });
  return async () => {
    stopped = true;
    child.kill('SIGTERM');
    await exited;
  };
}
