import { closeListener } from '@/lib/db/listen';
import { closeDb } from '@/lib/db/pool';

/** Ends this process's connections to the database, when everything that uses them has stopped. */
export async function leaveDatabase(): Promise<void> {
  await closeListener();
  await closeDb();
}
