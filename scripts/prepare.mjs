// @ts-check
/**
 * What must be done before anything of the product can run: install, generate, bundle, build. Each only when
 * what it depends on has changed since it was last done. Plain JavaScript without dependencies, because on a
 * fresh clone there are none.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Exits with a clear line when Node is older than package.json says. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = String(engines.node).replace(/^\D+/, '').split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(`Countersign needs Node.js ${engines.node}; this is ${process.versions.node}.`);
  process.exit(1);
}

/** @param {string} [buildFolder] Next's build; bundles go beside it in dist/. */
export async function prepare(buildFolder = '.next') {
  process.chdir(ROOT);
  await install();
  await generate();
  const bundles = join('dist', buildFolder === '.next' ? 'start' : 'test');
  await bundle(bundles);
  return { bundles: join(ROOT, bundles), buildFolder, build: () => build(buildFolder) };
}

/** npm ci, when there are no modules or the lockfile has changed. */
export async function install() {
  const stamp = join(ROOT, 'node_modules', '.countersign-installed');
  const wanted = digest(['package-lock.json', 'package.json', '.npmrc']);
  if (read(stamp) === wanted) return;
  if (installedMatchesLock()) {
    writeFileSync(stamp, wanted);
    return;
  }
  await step('Installing packages (npm ci; a minute or so the first time)', async () => {
    // Developer packages too, whatever NODE_ENV says: the build needs them.
    await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  });
  writeFileSync(stamp, wanted);
}

/** Somebody has run npm by hand: what is there is what the lockfile names. */
function installedMatchesLock() {
  const hidden = read(join(ROOT, 'node_modules', '.package-lock.json'));
  if (hidden === '') return false;
  const installed = JSON.parse(hidden).packages;
  const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([name, { version, optional }]) => name === '' || optional || installed[name]?.version === version,
  );
}

/** Prisma's client, when the schema has changed. */
export async function generate() {
  const stamp = join(ROOT, 'lib', 'db', 'generated', '.stamp');
  const wanted = digest(['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json']);
  if (read(stamp) === wanted && existsSync(join(ROOT, 'lib', 'db', 'generated', 'client.ts'))) return;
  await step('Generating the database client', async () => {
    await run(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--no-hints'], {
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    });
  });
  writeFileSync(stamp, wanted);
}

/**
 * The runtime plane and what starts it, as plain JavaScript.
 * @param {string} folder
 */
async function bundle(folder) {
  const stamp = join(ROOT, folder, '.stamp');
  const wanted = digest([
    ...sources(['lib', 'runtime', 'scripts/instance', 'sdk']),
    'tsconfig.json',
    'package-lock.json',
  ]);
  if (read(stamp) === wanted) return;
  await step('Bundling the runtime plane', async () => {
    await bundleTo(folder, {
      instance: 'scripts/instance/main.ts',
      guard: 'scripts/instance/guard.ts',
      runtime: 'runtime/main.ts',
    });
  });
  writeFileSync(stamp, wanted);
}

/**
 * Plain JavaScript of our own code; packages stay where they are installed.
 * @param {string} folder emptied first; from the repository's root
 * @param {Record<string, string>} entryPoints names of the files, and what each is made of
 */
export async function bundleTo(folder, entryPoints) {
  const { build, stop } = await import(pathToFileURL(join(ROOT, 'node_modules/esbuild/lib/main.js')).href);
  rmSync(join(ROOT, folder), { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    logLevel: 'warning',
  });
  await stop();
}

/**
 * The dashboard.
 * @param {string} buildFolder
 */
async function build(buildFolder) {
  const stamp = join(ROOT, buildFolder, '.countersign-built');
  const wanted = digest([
    ...sources(['app', 'components', 'lib', 'public']),
    ...[
      'instrumentation.ts',
      'proxy.ts',
      'next.config.ts',
      'postcss.config.mjs',
      'tsconfig.json',
      'package-lock.json',
      'prisma/schema.prisma',
    ],
  ]);
  if (read(stamp) === wanted && existsSync(join(ROOT, buildFolder, 'BUILD_ID'))) return;
  rmSync(stamp, { force: true });
  await step('Building the dashboard', async () => {
    await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      COUNTERSIGN_BUILD_FOLDER: buildFolder,
    });
  });
  writeFileSync(stamp, wanted);
}

/**
 * Every file below these folders that can end up in a build: no tests, nothing generated.
 * @param {readonly string[]} folders
 */
function sources(folders) {
  return folders.flatMap((folder) =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).flatMap((entry) => {
          const path = join(entry.parentPath, entry.name).slice(ROOT.length + 1);
          return entry.isFile() && !/\.test\.tsx?$|(^|\/)(generated|testing)\//.test(path) ? [path] : [];
        })
      : [],
  );
}

/**
 * One digest of files by name and content; a file that is not there counts as empty.
 * @param {readonly string[]} files
 */
function digest(files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort())
    hash.update(`${file}\0${read(join(ROOT, file)).length}\0`).update(read(join(ROOT, file)));
  return hash.digest('hex');
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/**
 * @param {string} title
 * @param {() => Promise<void>} work
 */
async function step(title, work) {
  const began = Date.now();
  const live = process.stdout.isTTY === true;
  // Every second how long it has taken so far, so that a slow machine does not look like a dead one.
  const show = () => process.stdout.write(`\r  ${title} … ${Math.round((Date.now() - began) / 1000)} s`);
  const timer = live ? setInterval(show, 1000) : undefined;
  process.stdout.write(live ? `  ${title} …` : `  ${title} …\n`);
  try {
    await work();
  } finally {
    clearInterval(timer);
    if (live) process.stdout.write('\r\u001b[K');
  }
  console.log(`  ${title}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/**
 * Runs a command quietly; what it said is shown when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<void>}
 */
function run(command, args, env = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    // Told to stop while it works: the child too, or it would go on without us.
    const pass = (/** @type {NodeJS.Signals} */ signal) => {
      child.kill(signal);
      process.exit(130);
    };
    process.once('SIGINT', pass).once('SIGTERM', pass);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = `${output}${chunk}`.slice(-20_000);
      });
    child.once('error', fail);
    child.once('close', (code) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      if (code === 0) done();
      else fail(new Error(`${[command, ...args].join(' ')} failed:\n${output.trim()}`));
    });
  });
}

mkdirSync(join(ROOT, 'dist'), { recursive: true });
