// @ts-check
/** `node scripts/with-packages.mjs <file.ts> …`: runs a TypeScript file, on a fresh clone too, once what it is made of is there. */
import { spawn } from 'node:child_process';
import { checkNode, generate, install, ROOT } from './prepare.mjs';
import { endWithShell } from './shell.mjs';

checkNode();
endWithShell();
process.chdir(ROOT);
try {
  await install();
  await generate();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const child = spawn(process.execPath, ['--import', 'tsx', ...process.argv.slice(2)], { stdio: 'inherit' });
// It hears Ctrl-C too, and ends in its own way; what is sent to us alone is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 130)));
