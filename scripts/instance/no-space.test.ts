import { expect, test } from 'vitest';
import { noSpace } from './no-space';

const FOLDER = '/srv/countersign';
const CLEAR =
  'No space is left on the disk of the data folder /srv/countersign. Free some and start again: what is there is kept. ' +
  'Or set COUNTERSIGN_DATA to a folder on another disk.';

test('a full disk is named as such, whoever ran into it', () => {
  for (const reason of [
    // Node, writing the secret.
    'ENOSPC: no space left on device, write',
    // initdb, with all it has to say besides.
    'initdb failed:\nThe files belonging to this database system will be owned by user "stranger".\n' +
      '2026-11-22 05:27:31.543 UTC [14579] FATAL:  could not write to file "base/4/3541_vm": No space left on device\n' +
      'child process exited with exit code 1',
    // A migration.
    'A migration failed and was undone (20261121000000_init): could not extend file "base/16384/18172": No space left on device',
    // The server's log, after it gave up.
    '2026-11-22 05:46:31.024 UTC [26232] PANIC:  could not write to file "pg_wal/xlogtemp.26232": No space left on device\n' +
      '2026-11-22 05:46:31.102 UTC [26200] LOG:  shutting down because "restart_after_crash" is off',
    // Where each user has a share of the disk.
    'EDQUOT: disk quota exceeded, write',
    'could not extend file "base/5/1259": Disk quota exceeded',
  ])
    expect(noSpace(reason, FOLDER)).toBe(CLEAR);
});

test('any other failure is left to its own words', () => {
  for (const reason of ['EACCES: permission denied', 'The database ended unexpectedly.', ''])
    expect(noSpace(reason, FOLDER)).toBeNull();
});
