import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, Suspense } from 'react';
import { RunReviewNote } from '@/components/expert-review/run-review-note';
import { Receipt } from '@/components/receipts/receipt';
import { UndoLedger } from '@/components/rollback/undo-ledger';
import { RunPage } from '@/components/runs/run-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { RunSignals } from '@/components/signals/run-signals';
import type { Actor } from '@/lib/auth/actor';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { getReviewOfRun } from '@/lib/services/expert-reviews/get-review-of-run';
import { getReceipts } from '@/lib/services/receipts/get-receipts';
import { getUndoLedger } from '@/lib/services/rollbacks/get-undo-ledger';
import { getRun, type RunDetail } from '@/lib/services/runs/get-run';
import { listRunSpans } from '@/lib/services/runs/list-run-spans';
import { getRunSignals } from '@/lib/services/signals/get-run-signals';

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
  return (
    <RunPage
      initial={run}
      initialSpans={spans}
      undo={
        <Suspense>
          <Undo actor={actor} runId={run.id} />
        </Suspense>
      }
      receipt={
        <Suspense>
          <RunReceipt actor={actor} runId={run.id} />
        </Suspense>
      }
      signals={
        <Suspense>
          <Signals actor={actor} runId={run.id} />
        </Suspense>
      }
      review={
        <Suspense>
          <Review actor={actor} run={run} />
        </Suspense>
      }
    />
  );
}

/** Read apart: it looks into every call of the run. */
async function Undo({ actor, runId }: { actor: Actor; runId: string }) {
  return <UndoLedger data={await getUndoLedger(actor, { runId }, new Date())} />;
}

async function RunReceipt({ actor, runId }: { actor: Actor; runId: string }) {
  return <Receipt data={await getReceipts(actor, { runId })} />;
}

async function Signals({ actor, runId }: { actor: Actor; runId: string }) {
  return (
    <>
      <LiveRefresh topics={['signal']} />
      <RunSignals runId={runId} data={await getRunSignals(actor, { runId })} />
    </>
  );
}

async function Review({ actor, run }: { actor: Actor; run: RunDetail }) {
  return <RunReviewNote review={await getReviewOfRun(actor, run.id)} displayName={run.agent.displayName} />;
}
