/** The demo as a process of its own, run by `npm start` beside the planes it talks to. */
import { config } from '@/lib/config';
import { playDemo } from '../demo/play';
import { FILLED } from './filled';
import { reachable } from './plane';

const { host, runtimePort } = config();

await playDemo({
  endpoint: `http://${reachable(host)}:${runtimePort}`,
  progress: (what) => console.log(what),
  filled: () => console.log(FILLED),
});
// Pools and listeners of the product would keep the process for as long as it may have questions.
process.exit(0);
