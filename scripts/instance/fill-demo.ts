/** The demo as a process of its own, run by `npm start` beside the planes it talks to. */
import { config } from '@/lib/config';
import { isUnreachable } from '@/lib/errors';
import { playDemo } from '../demo/play';
import { FILLED } from './filled';
import { reachable } from './plane';

const { host, runtimePort } = config();

try {
  await playDemo({
    endpoint: `http://${reachable(host)}:${runtimePort}`,
    progress: (what) => console.log(what),
    filled: () => console.log(FILLED),
  });
} catch (error) {
  // That the database is away is nobody's fault in here: where it happened is of no use to anybody.
  if (!isUnreachable(error) || !(error instanceof Error)) throw error;
  console.error(error.message);
  process.exit(1);
}
// Pools and listeners of the product would keep the process for as long as it may have questions.
process.exit(0);
