/** The demo as a process of its own, run by `npm start` beside the planes it talks to. */
import { config } from '@/lib/config';
import { playDemo } from '../demo/play';
import { FILLED } from './filled';

const { host, runtimePort } = config();
const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;

await playDemo({
  endpoint: `http://${local}:${runtimePort}`,
  progress: (what) => console.log(what),
  filled: () => console.log(FILLED),
});
// Pools and listeners of the product would keep the process for as long as it may have questions.
process.exit(0);
