// @ts-check
/**
 * `npm test`: everything that must hold before a change lands. Two lanes run side by side, then the journeys, one after
 * the other; each step says how long it took, and what it found if it failed. Closes with one line: N passed, N failed.
 *
 *   npm test -- types unit     only these steps
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { checkNode, generate, install, prepare, ROOT } from './prepare.mjs';

/**
 * `again`: what passed only when it was tried again, by name.
 * @typedef {{ passed: number, failed: number, skipped: number, output: string, again?: readonly string[] }} Result
 */

const bin = (/** @type {string} */ path) => [process.execPath, join('node_modules', path)];
const reports = mkdtempSync(join(tmpdir(), 'countersign-report-'));

/** @type {Record<string, () => Promise<Result>>} */
const STEPS = {
  lockfile: () => check([process.execPath, 'scripts/complete-lock.mjs', '--check']),
  'format and lint': () =>
    check([...bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', '--colors=off']),
  types: () => check([...bin('typescript/bin/tsc'), '-p', 'tsconfig.check.json', '--noEmit']),
  'import rules': () =>
    check([
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.mjs'],
      ...[
        'app',
        'components',
        'lib',
        'runtime',
        'sdk',
        'cli',
        'scripts',
        'bench',
        'e2e',
        'instrumentation.ts',
        'proxy.ts',
      ],
    ]),
  'unused code': () => check([...bin('knip/bin/knip.js'), '--no-progress']),
  unit: () => vitest('unit'),
  // Much of its time is spent waiting, for the database or for time to pass: two side by side even where there are two processors.
  integration: () => vitest('integration', `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`),
  build: () =>
    attempt(async () => {
      const { build } = await prepare('.next-test');
      await build();
    }),
  e2e: () => journeys(),
};
/** Lanes side by side; then the journeys, which take both for themselves. */
const LANES = [
  ['lockfile', 'format and lint', 'types', 'import rules', 'unused code', 'unit'],
  ['build', 'integration'],
];
const THEN = ['e2e'];

process.chdir(ROOT);
checkNode();
const wanted = process.argv.slice(2);
for (const name of wanted)
  if (STEPS[name] === undefined) {
    console.error(`There is no step "${name}". Steps: ${Object.keys(STEPS).join(', ')}.`);
    process.exit(2);
  }
try {
  await install();
  await generate();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exit(1);
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let interrupted = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => {
    // Each step ends what it has started; then we end.
    interrupted = true;
    for (const child of children) child.kill(signal);
  });

const began = Date.now();
// Before minutes of other steps: without one, the journeys will not run.
const browser = isWanted('e2e') ? await attempt(async () => void (await ensureBrowser())) : undefined;
if (browser !== undefined && browser.failed > 0) console.log(browser.output);
/** @type {Map<string, Result>} */
const results = new Map();
await Promise.all(LANES.map(runLane));
await runLane(THEN);
rmSync(reports, { recursive: true, force: true });

if (interrupted) {
  console.log('Interrupted.');
  process.exit(130);
}
const failing = [...results].filter(([, { failed }]) => failed > 0);
for (const [name, { output }] of failing) console.log(`\n──── ${name}\n${output.trim()}`);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { passed, failed, skipped } of results.values()) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
console.log(
  `\n${failing.length === 0 ? 'All good' : `Failed: ${failing.map(([name]) => name).join(', ')}`} in ${took(began)}`,
);
for (const [step, { again = [] }] of results)
  for (const name of again) console.log(`${step}, passed only when tried again: ${name}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** @param {readonly string[]} lane */
async function runLane(lane) {
  for (const name of lane) {
    const step = STEPS[name];
    if (interrupted) return;
    if (step === undefined || !isWanted(name)) continue;
    const stepBegan = Date.now();
    const result = await step();
    results.set(name, result);
    const counts =
      result.passed + result.failed > 1 ? `, ${result.passed} of ${result.passed + result.failed}` : '';
    console.log(`${result.failed === 0 ? '✓' : '✗'} ${name} (${took(stepBegan)}${counts})`);
  }
}

/** @param {string} name of a step */
function isWanted(name) {
  return wanted.length === 0 || wanted.includes(name);
}

/** @param {number} since */
function took(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

/**
 * A step that either holds or does not counts as one test.
 * @param {readonly string[]} command
 * @returns {Promise<Result>}
 */
async function check(command) {
  const { code, output } = await run(command);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, output };
}

/**
 * @param {() => Promise<void>} work
 * @returns {Promise<Result>}
 */
async function attempt(work) {
  try {
    await work();
    return { passed: 1, failed: 0, skipped: 0, output: '' };
  } catch (error) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      output: error instanceof Error ? error.message : String(error),
    };
  }
}

/**
 * @param {string} project
 * @param {readonly string[]} options
 * @returns {Promise<Result>}
 */
async function vitest(project, ...options) {
  const report = join(reports, `${project}.json`);
  const { code, output } = await run([
    ...bin('vitest/vitest.mjs'),
    ...['run', '--project', project, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
    ...options,
  ]);
  return counted(code, output, () => {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return {
      passed: numPassedTests,
      // A file that does not load has no tests to fail.
      failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0),
      skipped: numPendingTests + numTodoTests,
    };
  });
}

/** @returns {Promise<Result>} */
async function journeys() {
  const report = join(reports, 'e2e.json');
  if (browser !== undefined && browser.failed > 0) return browser;
  const { code, output } = await run([...bin('@playwright/test/cli.js'), 'test'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    // As on a machine that does other work too: what fails is tried once more, which is told.
    CI: process.env.CI ?? '1',
  });
  return counted(code, output, () => {
    const { stats, suites } = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
      again: suites.flatMap(triedAgain),
    };
  });
}

/**
 * @typedef {{ title: string, file: string, specs?: { title: string, tests: { status: string }[] }[], suites?: Suite[] }} Suite
 * @param {Suite} suite as Playwright reports it
 * @returns {string[]} the flaky ones below it
 */
function triedAgain({ file, specs = [], suites = [] }) {
  const here = specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky'));
  return [...here.map(({ title }) => `${file}: ${title}`), ...suites.flatMap(triedAgain)];
}

/**
 * The counts of a report; a runner that failed without a failing test (or without a report) counts as one failure.
 * @param {number | null} code
 * @param {string} output
 * @param {() => Omit<Result, 'output'>} read
 * @returns {Result}
 */
function counted(code, output, read) {
  /** @type {Omit<Result, 'output'>} */
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = read();
  } catch {
    return { ...counts, failed: 1, output };
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (code === 0 && counts.passed === 0) return { ...counts, failed: 1, output: `${output}\nNo test ran.` };
  return { ...counts, output };
}

/**
 * @param {readonly string[]} command
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run([command = '', ...args], env = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      // Ours alone: an instance's settings in the shell are not the tests'.
      env: Object.assign(withoutSettings(), { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' }, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = `${output}${chunk}`.slice(-100_000);
      });
    children.add(child);
    child.once('close', (code) => {
      children.delete(child);
      done({ code, output });
    });
    child.once('error', (error) => done({ code: 1, output: error.message }));
  });
}

/** @returns {NodeJS.ProcessEnv} */
function withoutSettings() {
  const env = { ...process.env };
  for (const name of Object.keys(env))
    if (name === 'DATABASE_URL' || name.startsWith('COUNTERSIGN_')) delete env[name];
  return env;
}
