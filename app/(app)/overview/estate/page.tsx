import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { EstatePage } from '@/components/overview/estate-page';
import { requireActor } from '@/lib/auth/session';
import { estateSchema, getEstate } from '@/lib/services/overview/get-estate';

export const metadata: Metadata = { title: 'Estate' };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const actor = await requireActor();
  const { days } = estateSchema.parse(await searchParams);
  return <EstatePage key={days} initial={await getEstate(actor, days, new Date())} />;
}
