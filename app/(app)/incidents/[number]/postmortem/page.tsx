import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { PostmortemPage } from '@/components/postmortems/postmortem-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { incidentNumber } from '@/lib/services/incidents/get-incident';
import { getPostmortem } from '@/lib/services/postmortems/get-postmortem';

type Props = { params: Promise<{ number: string }> };

const load = cache(async (number: string) => {
  const actor = await requireActor();
  try {
    return await getPostmortem(actor, incidentNumber(number), new Date());
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Postmortem of INC-${(await load((await params).number)).number}` };
}

export default async function Page({ params }: Props) {
  return (
    <>
      <LiveRefresh topics={['incident', 'page', 'verdict', 'amendment', 'gate', 'run']} />
      <PostmortemPage detail={await load((await params).number)} />
    </>
  );
}
