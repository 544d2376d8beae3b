import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ScheduleForm } from '@/components/on-call/schedule-form';
import { NotYours } from '@/components/settings/not-yours';
import { PageHeader } from '@/components/ui/page-header';
import { requireSession } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { wallAt } from '@/lib/response/local-time';
import { getSchedule } from '@/lib/services/on-call/get-schedule';
import { listPeople } from '@/lib/services/people/list-people';

export const metadata: Metadata = { title: 'Edit schedule' };

export default async function EditSchedulePage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, workspace } = await requireSession();
  const { id } = await params;
  const schedule = await getSchedule(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
  const title = `Edit ${schedule.name}`;
  const crumbs = [
    { label: 'On call', href: '/on-call' },
    { label: schedule.name, href: `/on-call/${id}` },
    { label: 'Edit' },
  ];
  if (!schedule.may.manage)
    return (
      <>
        <PageHeader crumbs={crumbs} title={title} />
        <NotYours action="on-call.manage" what="Schedules are" />
      </>
    );
  const { people } = await listPeople(actor);
  const { name, address, timeZone } = schedule;
  const now = Date.now();
  return (
    <>
      <PageHeader crumbs={crumbs} title={title} />
      <ScheduleForm
        id={id}
        revision={schedule.revision}
        initial={{
          name,
          address,
          timeZone,
          layers: schedule.layers.map((layer) => ({
            ...layer,
            people: layer.people.map((person) => person.id),
          })),
        }}
        people={people
          .filter(({ state }) => state !== 'disabled')
          .map((person) => ({ id: person.id, name: person.name }))}
        zones={[...new Set(['UTC', timeZone, workspace.timeZone, ...Intl.supportedValuesOf('timeZone')])]}
        now={now}
        today={new Date(wallAt(workspace.timeZone, now)).toISOString().slice(0, 10)}
      />
    </>
  );
}
