import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { CompareVersions } from '@/components/agents/compare-versions';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { comparePerformance } from '@/lib/services/agents/compare-performance';

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ a?: string | string[]; b?: string | string[] }>;
}

const load = cache(async (name: string, a: string | undefined, b: string | undefined) => {
  const actor = await requireActor();
  return comparePerformance(actor, name, { a, b }, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

async function ask({ params, searchParams }: Props) {
  const [{ name }, { a, b }] = await Promise.all([params, searchParams]);
  const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);
  return load(decodeURIComponent(name), text(a), text(b));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { agent, compared } = await ask(props);
  return {
    title:
      compared === null
        ? `Versions of ${agent.displayName}`
        : `${agent.displayName}, ${compared.a.title} and ${compared.b.title}`,
  };
}

export default async function Page(props: Props) {
  const data = await ask(props);
  return (
    <>
      <LiveRefresh topics={['contract']} />
      <CompareVersions data={data} />
    </>
  );
}
