/** The data folder: where it is, that it can be written, and that one instance uses it at a time. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SYSTEM_FOLDER, serverAccount } from '@/lib/db/embedded-account';

/**
 * COUNTERSIGN_DATA, else `.data/main` in the checkout. For root in a checkout that PostgreSQL's account
 * cannot enter, a folder of this checkout's own in /var/lib/countersign.
 */
export async function dataFolder(chosen: string | undefined, embedded: boolean): Promise<string> {
  if (chosen !== undefined) return resolve(chosen);
  const inCheckout = resolve('.data/main');
  if (!embedded) return inCheckout;
  const account = await serverAccount();
  if (account.identity === undefined) return inCheckout;
  const here = resolve('.');
  const elsewhere = join(
    SYSTEM_FOLDER,
    `${basename(here)}-${createHash('sha256').update(here).digest('hex').slice(0, 8)}`,
  );
  // Once there, always there: opening the checkout to others later must not hide the data.
  if (existsSync(join(elsewhere, 'postgres'))) return elsewhere;
  return (await account.canEnter(here)) ? inCheckout : elsewhere;
}

/** Makes it if need be. Throws naming the folder when it cannot be written. */
export async function writable(folder: string): Promise<void> {
  try {
    // Root's must be passable for the account that PostgreSQL runs as.
    await make(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The data folder ${folder} cannot be written (${reason}). Set COUNTERSIGN_DATA to a folder that can.`,
      { cause },
    );
  }
}

/** The folder and those above it that are missing. Node's own `recursive` tries for ever where the system makes none (/proc). */
async function make(folder: string, mode: number): Promise<void> {
  if (existsSync(folder)) return;
  const above = dirname(folder);
  if (above !== folder) await make(above, mode);
  await mkdir(folder, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Kept from the first start on: signs sessions and seals stored secrets. */
export async function keptSecret(folder: string): Promise<string> {
  const file = join(folder, 'secret');
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '') return kept;
  const secret = randomBytes(32).toString('base64url');
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Takes the folder for this process; returns how to give it back. Throws when a living process has it. */
export async function lock(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'instance.pid');
  const mine = `${process.pid} ${await startTime(process.pid)}\n`;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      await writeFile(file, mine, { flag: 'wx', mode: 0o644 });
      return async () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const [pid = '', started = ''] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
    if (started !== '' && (await startTime(Number(pid))) === started)
      throw new Error(
        `Countersign already runs with the data folder ${folder} (process ${pid}). ` +
          'Stop it, or set COUNTERSIGN_DATA, COUNTERSIGN_PORT and COUNTERSIGN_RUNTIME_PORT for a second one.',
      );
    await rm(file, { force: true });
  }
  throw new Error(`Another start just took the data folder ${folder}.`);
}

/** When a process began, in whatever unit the system counts; empty when there is no such process. Ids are reused, pairs are not. */
async function startTime(pid: number): Promise<string> {
  if (!Number.isInteger(pid) || pid <= 0) return '';
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // Field 22; the second is the command in parentheses, which may hold spaces.
  if (stat !== null) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  if (existsSync('/proc/self/stat')) return '';
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return '';
  }
}
