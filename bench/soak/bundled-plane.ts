import { type Plane, startPlane } from '@/runtime/testing/plane';
import { bundleTo } from '@/scripts/prepare.mjs';

const FOLDER = 'dist/bench/soak';

/** Makes what `startBundled` starts: the plane as `npm start` runs it, which is up in a fraction of the time. */
export async function bundlePlane(): Promise<void> {
  await bundleTo(FOLDER, { runtime: 'runtime/main.ts' });
}

export function startBundled(): Promise<Plane> {
  return startPlane({ NODE_ENV: 'production' }, [`${FOLDER}/runtime.mjs`]);
}
