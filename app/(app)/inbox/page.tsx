import type { Metadata } from 'next';
import { WaitingList } from '@/components/inbox/waiting-list';
import { Inbox } from '@/components/notifications/inbox';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { Stack } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { listWaiting } from '@/lib/services/inbox/list-waiting';
import { LATEST, listNotifications } from '@/lib/services/notifications/list';

export const metadata: Metadata = { title: 'Inbox' };

export default async function InboxPage() {
  const actor = await requireActor();
  const [waiting, list] = await Promise.all([listWaiting(actor), listNotifications(actor)]);
  return (
    <>
      <LiveRefresh
        topics={[
          'notification',
          'incident',
          'gate',
          'comment',
          'draft',
          'verdict',
          'amendment',
          'kill-switch',
          'drill',
        ]}
      />
      <PageHeader title="Inbox" />
      <Stack>
        <WaitingList items={waiting} />
        <Inbox {...list} most={LATEST} />
      </Stack>
    </>
  );
}
