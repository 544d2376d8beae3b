import type { Metadata } from 'next';
import { Inbox } from '@/components/notifications/inbox';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { PageHeader } from '@/components/ui/page-header';
import { requireActor } from '@/lib/auth/session';
import { LATEST, listNotifications } from '@/lib/services/notifications/list';

export const metadata: Metadata = { title: 'Inbox' };

export default async function InboxPage() {
  const list = await listNotifications(await requireActor());
  return (
    <>
      <LiveRefresh topics={['notification', 'incident']} />
      <PageHeader title="Inbox" />
      <Inbox {...list} most={LATEST} />
    </>
  );
}
