import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { newLayer } from '@/components/on-call/edited';
import { ScheduleForm } from '@/components/on-call/schedule-form';
import { NotYours } from '@/components/settings/not-yours';
import { PageHeader } from '@/components/ui/page-header';
import { can } from '@/lib/auth/can';
import { requireSession } from '@/lib/auth/session';
import { wallAt } from '@/lib/response/local-time';
import { listPeople } from '@/lib/services/people/list-people';

export const metadata: Metadata = { title: 'New schedule' };

export default async function NewSchedulePage() {
  const { actor, workspace } = await requireSession();
  const crumbs = [{ label: 'On call', href: '/on-call' }, { label: 'New schedule' }];
  if (!can(actor, 'on-call.manage', { workspaceId: actor.workspaceId }))
    return (
      <>
        <PageHeader crumbs={crumbs} title="New schedule" />
        <NotYours action="on-call.manage" what="Schedules are" />
      </>
    );
  const { people } = await listPeople(actor);
  const zone = workspace.timeZone;
  const now = Date.now();
  const today = new Date(wallAt(zone, now)).toISOString().slice(0, 10);
  return (
    <>
      <PageHeader crumbs={crumbs} title="New schedule" />
      <ScheduleForm
        id={null}
        revision={0}
        initial={{
          name: '',
          address: '',
          timeZone: zone,
          layers: [newLayer(randomUUID(), 'Rotation 1', today)],
        }}
        people={people.filter(({ state }) => state !== 'disabled').map(({ id, name }) => ({ id, name }))}
        zones={[...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])]}
        now={now}
        today={today}
      />
    </>
  );
}
