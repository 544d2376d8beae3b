import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder, keptSecret, lock, writable } from './folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-folder-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the data folder', () => {
  it('is used by one instance at a time', async () => {
    const unlock = await lock(folder);
    await expect(lock(folder)).rejects.toThrow(`process ${process.pid}`);
    await unlock();
    await (await lock(folder))();
  });

  it('is free again when the instance was killed, even if its process id lives on in another program', async () => {
    const child = spawn('sleep', ['60']);
    await writeFile(join(folder, 'instance.pid'), `${child.pid} 1\n`);
    await (await lock(folder))();
    child.kill();
    await writeFile(join(folder, 'instance.pid'), '999999999 12345\n');
    await (await lock(folder))();
    await writeFile(join(folder, 'instance.pid'), '');
    await (await lock(folder))();
  });

  it('keeps one secret for good, readable by its owner alone', async () => {
    const secret = await keptSecret(folder);
    expect(secret.length).toBeGreaterThanOrEqual(32);
    expect(await keptSecret(folder)).toBe(secret);
    expect((await stat(join(folder, 'secret'))).mode & 0o077).toBe(0);
  });

  it('that cannot be made is named, with the variable to change', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writable(join(folder, 'file', 'data'))).rejects.toThrow(
      /cannot be written.*COUNTERSIGN_DATA/,
    );
    await expect(writable(join(folder, 'file'))).rejects.toThrow(/not a folder.*COUNTERSIGN_DATA/);
  });

  it.runIf(existsSync('/proc/self'))('where the system makes no folders is refused at once', async () => {
    await expect(writable('/proc/countersign/data')).rejects.toThrow(/cannot be written.*COUNTERSIGN_DATA/);
  });

  it('is made with the folders above it', async () => {
    await writable(join(folder, 'a', 'b'));
    await writable(join(folder, 'a', 'b'));
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o022).toBe(0);
  });

  it('is where COUNTERSIGN_DATA says, else in the checkout', async () => {
    expect(await dataFolder('some/where', true)).toBe(resolve('some/where'));
    expect(await dataFolder(undefined, false)).toBe(resolve('.data/main'));
  });
});
