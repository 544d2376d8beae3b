// @ts-check
/**
 * The command line as a package of its own in dist/cli, without dependencies. `npm pack ./dist/cli` makes it
 * something to install or to run with npx anywhere.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, 'dist', 'cli');

/**
 * Writes the bundle and its package.json; answers the bundle's path.
 * @param {string} [folder]
 */
export async function bundleCli(folder = FOLDER) {
  const { version, engines, description, license } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'countersign.mjs');
  await build({
    absWorkingDir: ROOT,
    // The second is the worker that reads a part of a large export.
    entryPoints: { countersign: 'cli/main.ts', 'scan-part': 'cli/scan-part.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    // Packages written for require() find it here.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await stop();
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify(
      {
        name: 'countersign',
        version,
        description: `${description} The command line.`,
        license,
        type: 'module',
        engines,
        bin: { countersign: 'countersign.mjs' },
        files: ['*.mjs'],
      },
      null,
      2,
    )}\n`,
  );
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await bundleCli(process.argv[2]));
