/** Started once for a run of integration tests: bundles the runtime plane as `npm start` does, for tests that start some. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { abandoned, PREFIX } from '@/lib/services/testing/server';
import { bundleTo, ROOT } from '@/scripts/prepare.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** What Node runs to be a runtime plane. */
    planeScript: string;
  }
}

/** Below the repository, where its packages are found. */
const BUNDLES = 'dist';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const bundles = join(BUNDLES, `${PREFIX}${process.pid}`);
  await bundleTo(bundles, { runtime: 'runtime/main.ts' });
  for (const left of await abandoned(join(ROOT, BUNDLES))) await rm(left, { recursive: true, force: true });
  project.provide('planeScript', join(ROOT, bundles, 'runtime.mjs'));
  return () => rm(join(ROOT, bundles), { recursive: true, force: true });
}
