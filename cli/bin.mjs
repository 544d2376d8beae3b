#!/usr/bin/env node
// @ts-check
/** `npx countersign` in this repository: bundles the command line when its sources are newer, and runs it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const bundle = join(ROOT, 'dist', 'cli', 'countersign.mjs');

/** @param {string} folder */
function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
}

const stale = () =>
  ['cli', 'lib/contract', 'lib/decision', 'lib/evidence', 'lib/services/catalogue'].some(
    (folder) => newest(folder) > statSync(bundle).mtimeMs,
  );
if (!existsSync(bundle) || stale()) {
  const { bundleCli } = await import('./bundle.mjs');
  await bundleCli();
}
await import(pathToFileURL(bundle).href);
