import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from '@/lib/db/embedded';

/** A runtime plane as a process of its own, which can be killed as nothing in this process can. */
export interface Plane {
  url: string;
  process: ChildProcess;
  /** Sends the signal and waits until it is gone; tells how it ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** How long it may take to start; beside other work several times as long as alone. */
const READY_MS = 90_000;

/** Starts a plane on a free port, of what the tests' set-up has bundled where there is that, and waits until it is ready. */
export async function startPlane(
  env: Record<string, string> = {},
  script: readonly string[] = bundled(),
): Promise<Plane> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [...script], {
    env: { ...process.env, COUNTERSIGN_HOST: '127.0.0.1', COUNTERSIGN_RUNTIME_PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    const ready = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready)
      return {
        url,
        process: child,
        end: (signal) => {
          child.kill(signal);
          return ended;
        },
      };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error('The runtime plane did not start.');
}

function bundled(): string[] {
  const script = process.env.COUNTERSIGN_TEST_PLANE;
  return script === undefined ? ['--import', 'tsx', 'runtime/main.ts'] : [script];
}
