/**
 * Started once for a run of integration tests: a PostgreSQL of their own with a migrated database
 * that every test file gets a copy of.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the database that is copied; replace the last part for any other. */
    templateUrl: string;
  }
}

/** Names of what a run of tests leaves behind when it is killed; the id of its process follows. */
export const PREFIX = 'countersign-test-';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const server = await startEmbedded({ folder, disposable: true });
  await server.ensureDatabase('template');
  await migrate(server.url('template'));
  project.provide('templateUrl', server.url('template'));
  return async () => {
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  };
}

/** Ends the servers of runs that were killed; folders carry the process id of the run. */
async function sweep(): Promise<void> {
  for (const folder of await abandoned(tmpdir())) {
    const cluster = join(folder, 'postgres');
    const server = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    const serverPid = Number(server.split('\n')[0]);
    const command = await readFile(`/proc/${serverPid}/cmdline`, 'utf8').catch(() => '');
    try {
      if (command.split('\0').includes(cluster)) process.kill(serverPid, 'SIGQUIT');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // Another user's run: theirs to sweep.
    }
  }
}

/** Folders of runs that are no more. */
export async function abandoned(place: string): Promise<string[]> {
  const names = (await readdir(place)).filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)(-|$)`).exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  return names.map((name) => join(place, name));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
