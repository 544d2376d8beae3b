/**
 * `npm run bench` runs every measure, `npm run bench -- <name>` one. Each figure stands beside that of a reference
 * taken in the same run on the same machine, as only their ratio carries over to another. Exits non-zero when one is short.
 */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const FOLDER = new URL('.', import.meta.url);

/** One line of a measure: our figure, what it is held against, and their ratio (at least `goal`). */
const linesSchema = z.array(
  z.object({
    what: z.string(),
    ours: z.number(),
    reference: z.number(),
    unit: z.string(),
    ratio: z.number(),
    goal: z.number(),
  }),
);
const moduleSchema = z.object({
  measure: z.object({
    name: z.string(),
    run: z.custom<() => unknown>((value) => typeof value === 'function'),
  }),
});

const figure = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

async function names(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files.flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []).sort();
}

/** Prints a line for each figure; true when none is short. */
async function measure(name: string): Promise<boolean> {
  const { measure } = moduleSchema.parse(await import(new URL(`${name}.bench.ts`, FOLDER).href));
  const lines = linesSchema.parse(await measure.run());
  for (const { what, ours, reference, unit, ratio, goal } of lines)
    console.log(
      `${ratio >= goal ? '✓' : '✗'} ${name}: ${what}\n    ${figure.format(ours)} ${unit}, reference ` +
        `${figure.format(reference)} ${unit}, ratio ${figure.format(ratio)}, goal ${figure.format(goal)}`,
    );
  return lines.every(({ ratio, goal }) => ratio >= goal);
}

/** Each in a process of its own, so that none inherits another's warm caches, pools or heap. */
async function measureApart(name: string): Promise<boolean> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), name], {
    stdio: 'inherit',
  });
  return new Promise((done) => child.once('exit', (code) => done(code === 0)));
}

async function main(): Promise<number> {
  const known = await names();
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    console.error(`There is no measure "${unknown}". Measures: ${known.join(', ')}.`);
    return 2;
  }
  const [only, ...more] = wanted;
  if (only !== undefined && more.length === 0) return (await measure(only)) ? 0 : 1;
  let short = 0;
  for (const name of wanted.length > 0 ? wanted : known) if (!(await measureApart(name))) short += 1;
  if (short > 0) console.log(`${short} of ${known.length} measures are short of their goal.`);
  return short === 0 ? 0 : 1;
}

process.exit(await main());
