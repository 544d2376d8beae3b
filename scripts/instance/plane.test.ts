import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '@/lib/db/embedded';
import { fillDemo } from './demo';
import { type Plane, type PlaneOptions, startPlane } from './plane';

let folder: string;
let said: string[];
let plane: Plane | undefined;
const { execPath } = process;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-plane-'));
  said = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(async () => {
  process.execPath = execPath;
  await plane?.stop();
  plane = undefined;
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A program that serves and says so. */
async function options(over: Partial<PlaneOptions> = {}): Promise<PlaneOptions> {
  const port = await freePort();
  const script = join(folder, 'serve.mjs');
  await writeFile(
    script,
    `import { createServer } from 'node:http';
     createServer((_, response) => response.end('here')).listen(${port}, '127.0.0.1', () => console.log('It serves.'));`,
  );
  await writeFile(join(folder, 'guard.mjs'), '');
  return {
    name: 'plane',
    logName: 'plane',
    script,
    args: [],
    env: process.env,
    probe: `http://127.0.0.1:${port}/`,
    logFolder: folder,
    guard: pathToFileURL(join(folder, 'guard.mjs')).href,
    onGivenUp: (reason) => said.push(reason),
    ...over,
  };
}

describe('a plane', () => {
  it('has what it says kept in its log', async () => {
    plane = startPlane(await options());
    await plane.ready();
    await vi.waitFor(
      async () => expect(await readFile(join(folder, 'plane.log'), 'utf8')).toBe('It serves.\n'),
      10_000,
    );
  });

  it('serves though its log cannot be written, which is said', async () => {
    plane = startPlane(await options({ logFolder: join(folder, 'gone') }));
    await plane.ready();
    await vi.waitFor(() => expect(said.join('')).toContain('plane.log cannot be written (ENOENT'), 10_000);
    await plane.ready();
  });

  it('that cannot be started is given up with the reason, and ends nobody else', async () => {
    process.execPath = join(folder, 'no-node');
    plane = startPlane(await options());
    await vi.waitFor(
      () => expect(said.join('')).toMatch(/^The plane did not start \(spawn .*no-node ENOENT\)/),
      10_000,
    );
  });
});

it('a demo that is filled, which cannot be written down, is looked at again at the next start', async () => {
  const ran = join(folder, 'ran');
  process.execPath = join(folder, 'nothing-left-to-do');
  await writeFile(process.execPath, `#!/bin/sh\ntrap '' TERM\n: > '${ran}'\n`, { mode: 0o700 });
  const breakOff = fillDemo({ folder: join(folder, 'gone'), env: process.env, guard: '' });
  await vi.waitFor(() => stat(ran), 10_000);
  await breakOff();
});
