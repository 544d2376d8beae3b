import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { IncidentPage } from '@/components/incidents/incident-page';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { getIncident, incidentNumber } from '@/lib/services/incidents/get-incident';

type Props = { params: Promise<{ number: string }> };

const load = cache(async (number: string) => {
  const actor = await requireActor();
  try {
    return await getIncident(actor, incidentNumber(number), new Date());
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const incident = await load((await params).number);
  return { title: `INC-${incident.number} ${incident.title}` };
}

export default async function Page({ params }: Props) {
  return <IncidentPage initial={await load((await params).number)} />;
}
