import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RUNTIME_FLAGS } from '@/scripts/instance/runtime-flags';
import { bundleTo } from '@/scripts/prepare.mjs';

/** A TypeScript file of this folder running as a process of its own, bundled as `npm start` bundles the runtime plane. */
export interface Running {
  /** The first line it printed: its address. */
  url: string;
  child: ChildProcess;
  /** The next line it prints. @throws Error when it ends before */
  next(): Promise<string>;
  /** Writes it a line. */
  tell(line: string): void;
  stop(): Promise<void>;
}

/** Starts it and waits until it has printed its address. Its errors go to ours. */
export async function start(file: string, env: Record<string, string> = {}): Promise<Running> {
  const name = basename(file, '.ts');
  await bundleTo(`dist/bench/${name}`, { [name]: `bench/support/${file}` });
  const script = fileURLToPath(new URL(`../../dist/bench/${name}/${name}.mjs`, import.meta.url));
  // As `npm start` starts a runtime plane; the reference gets the same.
  const child = spawn(process.execPath, [...RUNTIME_FLAGS, script], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<never>((_, reject) =>
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was done.`))),
  );
  exited.catch(() => {});
  const printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await printed.next();
    return line.done === true ? exited : line.value;
  };
  return {
    url: await next(),
    child,
    next,
    tell: (line) => child.stdin.write(`${line}\n`),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}
