import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AmendmentPage } from '@/components/amendments/amendment-page';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import type { AmendmentDetail } from '@/lib/services/amendments/dto';
import { getAmendment } from '@/lib/services/amendments/get-amendment';

interface Props {
  params: Promise<{ number: string }>;
}

const load = cache(async (text: string): Promise<AmendmentDetail> => {
  const actor = await requireActor();
  const digits = /^(?:amd-)?(\d{1,9})$/i.exec(text)?.[1];
  if (digits === undefined) notFound();
  return getAmendment(actor, Number(digits)).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { number, agent } = await load((await params).number);
  return { title: `AMD-${number} of ${agent.displayName}` };
}

export default async function Page({ params }: Props) {
  return <AmendmentPage amendment={await load((await params).number)} />;
}
