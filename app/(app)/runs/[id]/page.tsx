import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { RunPage } from '@/components/runs/run-page';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { getRun } from '@/lib/services/runs/get-run';
import { listRunSpans } from '@/lib/services/runs/list-run-spans';

type Props = { params: Promise<{ id: string }> };

const load = cache(async (id: string) => {
  const actor = await requireActor();
  const run = await getRun(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
  return { actor, run };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { run } = await load(decodeURIComponent((await params).id));
  return { title: `Run ${run.key}` };
}

export default async function Page({ params }: Props) {
  const { actor, run } = await load(decodeURIComponent((await params).id));
  const spans = await listRunSpans(actor, run.id, 'telling');
  return <RunPage initial={run} initialSpans={spans} />;
}
