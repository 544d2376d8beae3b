/**
 * What `npm start` runs once everything is installed and built: the database, the migrations and the two
 * planes, until it is told to stop. Called from scripts/start.mjs, which works before anything is installed.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type StartConfig, startConfig } from '@/lib/config';
import { type EmbeddedServer, startEmbedded } from '@/lib/db/embedded';
import { checkDatabase, migrate } from '@/lib/db/migrate';
import { fillDemo } from './demo';
import { dataFolder, keptSecret, lock, writable } from './folder';
import { noSpace } from './no-space';
import { checkPort, type Plane, reachable, startPlane } from './plane';
import { RUNTIME_FLAGS } from './runtime-flags';
import { onSignals } from './signals';
import { bold, dim, say, step } from './terminal';

export interface Built {
  /** Where the bundles of runtime plane and helpers are. */
  bundles: string;
  /** Next's build, as `distDir` names it. */
  buildFolder: string;
}

const DATABASE = 'countersign';
const LOG_BYTES = 20 * 1024 * 1024;

/** Checked before anything is installed or built, so that a wrong setting shows at once. */
export async function checkEnvironment(): Promise<StartConfig> {
  const config = startConfig(process.env);
  await checkPort(config.host, config.dashboardPort, 'COUNTERSIGN_PORT');
  await checkPort(config.host, config.runtimePort, 'COUNTERSIGN_RUNTIME_PORT');
  const folder = await folderOf(config);
  if (folder !== undefined) await writable(folder);
  if (config.databaseUrl !== undefined) await checkDatabase(config.databaseUrl);
  return config;
}

/** Resolves when the instance has stopped, with the process's exit code. */
export async function serve(config: StartConfig, built: Built, beganAt: number): Promise<number> {
  const planes: Plane[] = [];
  let starting: Promise<EmbeddedServer> | undefined;
  let unlock: (() => Promise<void>) | undefined;
  let stopping: Promise<void> | undefined;
  let breakOffSeeding = async () => {};
  let finish: (code: number) => void = () => {};
  const finished = new Promise<number>((done) => {
    finish = done;
  });

  /** Planes first, so that what they have in hand is written; the database last. */
  const stop = (code: number): Promise<void> => {
    stopping ??= (async () => {
      await breakOffSeeding();
      await Promise.all(planes.map((plane) => plane.stop()));
      // One that is just being started too, or it would outlive us.
      await (await starting?.catch(() => undefined))?.stop();
      await unlock?.();
      if (code === 0) say('Stopped.');
      finish(code);
    })();
    return stopping;
  };
  onSignals(
    () => {
      say('\nStopping …');
      void stop(0);
    },
    () => {
      say('Ending at once.');
      for (const plane of planes) plane.kill();
      const ended = starting?.then((one) => one.stop('immediate')) ?? Promise.resolve();
      void ended.catch(() => {}).then(() => finish(1));
    },
  );
  /** Where the embedded database is kept. */
  let kept: string | undefined;
  const fail = (reason: string) => {
    if (stopping !== undefined) return;
    say(`\n${(kept === undefined ? null : noSpace(reason, kept)) ?? reason}`);
    void stop(1);
  };

  const begin = async (): Promise<void> => {
    const embedded = config.databaseUrl === undefined;
    const folder = await folderOf(config);
    if (embedded) kept = folder;
    if (folder !== undefined) {
      await writable(folder);
      // Only one server may run on a database's files; logs and the secret can be shared.
      if (embedded) unlock = await lock(folder);
    }
    const secret = config.secret ?? (folder === undefined ? undefined : await keptSecret(folder));
    if (secret === undefined) throw new Error('COUNTERSIGN_SECRET is missing.');

    let databaseUrl = config.databaseUrl;
    if (databaseUrl === undefined && folder !== undefined) {
      const notes: string[] = [];
      starting = startEmbedded({ folder, onProgress: (line) => notes.push(line) });
      const begun = starting;
      const server = await step('Database', () => begun);
      for (const note of notes) say(dim(`    ${note}`));
      if (stopping !== undefined) return;
      void server.exited
        .then(() => server.said())
        .then((said) =>
          fail(noSpace(said, folder) ?? `The database ended unexpectedly. Its log: ${server.logFile}`),
        );
      await server.ensureDatabase(DATABASE);
      databaseUrl = server.url(DATABASE);
    }
    if (databaseUrl === undefined) throw new Error('DATABASE_URL is missing.');
    const url = databaseUrl;
    const applied: string[] = [];
    await step('Migrations', async () => applied.push(...(await migrate(url))));
    for (const name of applied) say(dim(`    applied ${name}`));

    const env: NodeJS.ProcessEnv = {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: url,
      COUNTERSIGN_SECRET: secret,
      COUNTERSIGN_DEMO: config.demo ? 'on' : 'off',
      COUNTERSIGN_BUILD_FOLDER: built.buildFolder,
    };
    const logFolder = folder === undefined ? undefined : await logs(folder);
    const guard = pathToFileURL(join(built.bundles, 'guard.mjs')).href;
    const local = reachable(config.host);
    if (stopping !== undefined) return;
    await step('Dashboard and runtime plane', async () => {
      const common = { env, logFolder, guard, onGivenUp: fail };
      planes.push(
        startPlane({
          ...common,
          name: 'runtime plane',
          logName: 'runtime',
          script: join(built.bundles, 'runtime.mjs'),
          args: [],
          nodeArgs: RUNTIME_FLAGS,
          probe: `http://${local}:${config.runtimePort}/readyz`,
        }),
        startPlane({
          ...common,
          name: 'dashboard',
          logName: 'dashboard',
          script: join('node_modules', 'next', 'dist', 'bin', 'next'),
          args: ['start', '-p', String(config.dashboardPort), '-H', config.host],
          probe: `http://${local}:${config.dashboardPort}/sign-in`,
        }),
      );
      await Promise.race([Promise.all(planes.map((plane) => plane.ready())), finished]);
    });
    if (stopping !== undefined) return;

    say('');
    say(`${bold('Countersign is ready')} ${dim(`in ${((Date.now() - beganAt) / 1000).toFixed(1)} s`)}`);
    say(`  Dashboard      ${config.dashboardUrl}`);
    say(`  Runtime plane  http://localhost:${config.runtimePort}  ${dim('(OTLP/HTTP: POST /v1/traces)')}`);
    if (folder !== undefined) say(`  Data           ${folder}`);
    say(dim('  Ctrl-C stops it.'));

    if (config.demo && folder !== undefined) breakOffSeeding = fillDemo({ folder, env, guard });
  };
  // Not waited for: whoever is told to stop ends, whatever the beginning still waits for.
  begin().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  return finished;
}

/** Undefined where nothing needs to be kept: with database and secret given, a container with a read-only disk will do. */
async function folderOf(config: StartConfig): Promise<string | undefined> {
  const embedded = config.databaseUrl === undefined;
  const keepsData = embedded || config.secret === undefined || config.dataFolder !== undefined;
  return keepsData ? dataFolder(config.dataFolder, embedded) : undefined;
}

/** Yesterday's log is kept once it has grown large, the one before is not. */
async function logs(folder: string): Promise<string> {
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder, { recursive: true, mode: 0o700 });
  for (const name of ['dashboard.log', 'runtime.log']) {
    const file = join(logFolder, name);
    if (existsSync(file) && (await stat(file)).size > LOG_BYTES) await rename(file, `${file}.1`);
  }
  await writeFile(join(logFolder, 'README'), 'Logs of the two planes; safe to delete.\n');
  return logFolder;
}
