import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, type ReactNode } from 'react';
import { BacktestReport } from '@/components/backtests/backtest-report';
import { GatePage } from '@/components/gates/gate-page';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { requireSession } from '@/lib/auth/session';
import { clausesOf } from '@/lib/contract/clauses';
import { AppError } from '@/lib/errors';
import { fallbackTargets } from '@/lib/lifecycle/stages';
import { reportSchema } from '@/lib/services/backtests/report';
import { getContract } from '@/lib/services/contracts/get-contract';
import { getEvidence } from '@/lib/services/evidence/get-evidence';
import type { ReviewDetail } from '@/lib/services/gates/dto';
import { getReview } from '@/lib/services/gates/get-review';
import { proofMethods } from '@/lib/services/signing/prove';

interface Props {
  params: Promise<{ id: string }>;
}

const load = cache(async (id: string) => {
  const { actor } = await requireSession();
  try {
    return await getReview(actor, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { gate, agent } = await load((await params).id);
  return { title: `${gate} for ${agent.displayName}` };
}

export default async function Page({ params }: Props) {
  const { actor } = await requireSession();
  const review = await load((await params).id);
  const [methods, contract] = await Promise.all([
    proofMethods(actor),
    review.version === null || review.state !== 'open'
      ? null
      : getContract(actor, review.agent.name, review.version.number),
  ]);
  return (
    <>
      <LiveRefresh topics={['gate', 'evidence', 'agent', 'comment']} />
      <GatePage
        review={review}
        me={actor.personId}
        methods={methods}
        clauses={contract === null ? [] : clausesOf(contract.contract).map((clause) => clause.path)}
        targets={fallbackTargets(review.agent.stage)}
        replay={await replayOf(review)}
      />
    </>
  );
}

/** The backtest that counts at the gate, in full. */
async function replayOf({ evidence, state }: ReviewDetail): Promise<ReactNode> {
  const counts = evidence.find((asked) => asked.kind === 'backtest')?.evidence ?? null;
  if (counts === null) return null;
  const { actor } = await requireSession();
  const { detail, digest } = await getEvidence(actor, counts.id);
  const report = reportSchema.safeParse(detail);
  if (!report.success) return null;
  return <BacktestReport report={report.data} digest={digest} bound={state === 'open'} />;
}
