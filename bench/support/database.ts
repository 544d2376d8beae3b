import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';

/**
 * Runs a measure on a migrated database of its own, on a PostgreSQL with the settings of the product: commits are
 * flushed to disk. The environment points at it before `work` loads anything that reads it.
 */
export async function withDatabase<T>(work: () => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const server = await startEmbedded({ folder });
  const before = { ...process.env };
  try {
    await server.ensureDatabase('bench');
    await migrate(server.url('bench'));
    process.env.DATABASE_URL = server.url('bench');
    process.env.COUNTERSIGN_SECRET = randomBytes(32).toString('hex');
    process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS = 'on';
    return await work();
  } finally {
    process.env = before;
    await server.stop('immediate');
    await rm(folder, { recursive: true, force: true });
  }
}
