import { newId } from '@/lib/db/id';
import { listen, listening } from '@/lib/db/listen';
import { type Change, notify } from '@/lib/db/notify';
import { db } from '@/lib/db/pool';

/**
 * Says that something changed, for a test that changed it behind the product's back, and waits until every listener of this
 * process has heard it, and all that was said before.
 */
export async function tell(change: Change): Promise<void> {
  const mark = newId();
  let done = () => {};
  const stop = listen({
    change: ({ id }) => {
      if (id === mark) done();
    },
    // The connection was away: whoever listens has forgotten everything, which is as good.
    reset: () => done(),
  });
  await listening();
  const heard = new Promise<void>((resolve) => {
    done = resolve;
  });
  // What is said is heard in its order, and by those first who listened first.
  await notify(db(), change);
  await notify(db(), { workspaceId: '', topic: 'view', id: mark });
  await heard;
  stop();
}
