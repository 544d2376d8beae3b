// @ts-check
/** `npm start`: from a fresh clone to both planes running. Settings: docs/operations.md. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, prepare } from './prepare.mjs';
import { endWithShell } from './shell.mjs';

const beganAt = Date.now();
checkNode();
endWithShell();
try {
  // For `npm test`, whose build must not replace the one that a running instance serves.
  const { bundles, buildFolder, build } = await prepare(process.env.COUNTERSIGN_BUILD_FOLDER || '.next');
  const { checkEnvironment, serve } = await import(pathToFileURL(join(bundles, 'instance.mjs')).href);
  const config = await checkEnvironment();
  await build();
  process.exit(await serve(config, { bundles, buildFolder }, beganAt));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
