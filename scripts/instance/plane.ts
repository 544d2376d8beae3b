/** One of the two planes as a child process: logged, restarted when it falls, ended when we end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readable, say } from './terminal';

export interface PlaneOptions {
  /** As it is called in messages. */
  name: string;
  logName: string;
  script: string;
  args: readonly string[];
  /** For Node itself. */
  nodeArgs?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Answers below 500 once the plane serves. */
  probe: string;
  /** Where its whole log goes; undefined: to our own output. */
  logFolder: string | undefined;
  /** Ends the plane when we are gone without having ended it. */
  guard: string;
  /** It falls again and again, and is not started another time. */
  onGivenUp: (reason: string) => void;
}

export interface Plane {
  ready(): Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

const READY_MS = 60_000;
/** A plane that does not end by itself in this time is killed. */
const STOP_MS = 15_000;
const FALLS = 3;
const FALLS_WITHIN_MS = 60_000;

export function startPlane(options: PlaneOptions): Plane {
  const log =
    options.logFolder === undefined
      ? process.stdout
      : new LogFile(join(options.logFolder, `${options.logName}.log`));
  const falls: number[] = [];
  let child: ChildProcess;
  let latest: string[] = [];
  let served = false;
  let stopping = false;
  let ended = false;

  const launch = () => {
    latest = [];
    ended = false;
    const args = [...(options.nodeArgs ?? []), '--import', options.guard, options.script, ...options.args];
    child = spawn(process.execPath, args, {
      env: options.env,
      // Its own process group: a Ctrl-C reaches us alone, and we end the planes in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const [stream, isError] of [
      [child.stdout, false],
      [child.stderr, true],
    ] as const) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        latest = [...latest.slice(-19), line];
        const shown = options.logFolder === undefined ? null : readable(options.name, line);
        // What a server says of itself while it starts is ours to say.
        if (shown !== null && (served || isError)) say(shown);
      });
    }
    child.once('exit', (code, signal) => fell(signal === null ? `code ${code}` : signal));
    child.on('error', (error) => {
      // Else it is there, and could not be told something.
      if (child.pid === undefined) fell(error.message);
    });
  };
  const fell = (how: string) => {
    ended = true;
    if (stopping) return;
    const now = Date.now();
    falls.push(now);
    while (falls[0] !== undefined && now - falls[0] > FALLS_WITHIN_MS) falls.shift();
    if (!served || falls.length > FALLS) {
      const last = latest.length === 0 ? '' : `\n${latest.join('\n')}`;
      options.onGivenUp(
        served
          ? `The ${options.name} fell ${falls.length} times within a minute (${how}).${last}`
          : `The ${options.name} did not start (${how}).${last}`,
      );
      return;
    }
    say(`The ${options.name} ended unexpectedly (${how}); starting it again.`);
    setTimeout(() => {
      if (!stopping) launch();
    }, 500 * falls.length);
  };
  launch();

  return {
    async ready() {
      const deadline = Date.now() + READY_MS;
      while (!stopping && !(ended && !served)) {
        if (await answers(options.probe)) {
          served = true;
          return;
        }
        if (Date.now() > deadline) throw new Error(`The ${options.name} did not answer within a minute.`);
        await sleep(25);
      }
      // Whoever set `stopping`, or `onGivenUp`, has said why.
      await new Promise<never>(() => {});
    },
    async stop() {
      stopping = true;
      if (ended) return;
      const exit = new Promise<void>((done) => child.once('exit', () => done()));
      child.kill('SIGTERM');
      const timer = setTimeout(() => {
        say(`The ${options.name} did not end in ${STOP_MS / 1000} s and is killed.`);
        child.kill('SIGKILL');
      }, STOP_MS);
      await exit;
      clearTimeout(timer);
    },
    kill() {
      stopping = true;
      child.kill('SIGKILL');
    },
  };
}

/** How long a log that could not be written is left alone. */
const LOG_REST_MS = 60_000;

/** What a plane says, kept. A log that cannot be written (a full disk) ends nobody: that is said, and its lines are let go. */
class LogFile {
  #stream: WriteStream | undefined;
  #restsUntil = 0;

  constructor(private readonly path: string) {}

  write(text: string): void {
    if (this.#stream === undefined && Date.now() >= this.#restsUntil) this.#stream = this.#open();
    this.#stream?.write(text);
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 });
    stream.on('error', (error) => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#restsUntil = Date.now() + LOG_REST_MS;
      say(`${this.path} cannot be written (${error.message}); what is said meanwhile is not kept.`);
    });
    return stream;
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((done) => {
    const request = get(url, { timeout: 5000, headers: { connection: 'close' } }, (response) => {
      response.resume();
      done((response.statusCode ?? 500) < 500);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
  });
}

/** Throws naming the variable to change when somebody already listens there. */
export async function checkPort(host: string, port: number, variable: string): Promise<void> {
  await new Promise<void>((done, fail) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        fail(new Error(`Port ${port} is taken by another program. Set ${variable} to a free port.`));
      else if (error.code === 'EACCES')
        fail(new Error(`Port ${port} may not be used by this user. Set ${variable} to one from 1024 on.`));
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
        fail(new Error(`COUNTERSIGN_HOST: "${host}" is not an address of this machine.`));
      else fail(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => done()));
  });
}

/** How this machine itself reaches what listens on `host`: "all addresses" is none to connect to. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
