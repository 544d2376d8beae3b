import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { SchedulePage } from '@/components/on-call/schedule-page';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { getSchedule } from '@/lib/services/on-call/get-schedule';
import { listAbsences } from '@/lib/services/on-call/list-absences';
import { listPeople } from '@/lib/services/people/list-people';

type Props = { params: Promise<{ id: string }> };

const load = cache(async (id: string) => {
  const actor = await requireActor();
  try {
    return await getSchedule(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await load((await params).id)).name };
}

export default async function Page({ params }: Props) {
  const actor = await requireActor();
  const me = actor.kind === 'person' ? actor.personId : null;
  const schedule = await load((await params).id);
  const named = [
    ...schedule.layers.flatMap((layer) => layer.people),
    ...schedule.overrides.map(({ person }) => person),
  ];
  const [absences, { people }] = await Promise.all([
    listAbsences(actor, { people: named.map((person) => person.id) }),
    listPeople(actor),
  ]);
  return (
    <SchedulePage
      schedule={schedule}
      absences={absences}
      people={people
        .filter((person) => person.state !== 'disabled' && (schedule.may.manage || person.id === me))
        .map(({ id, name }) => ({ id, name }))}
      me={me}
    />
  );
}
