import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AgentNav } from '@/components/agents/agent-nav';
import { AmendmentsOfAgent } from '@/components/amendments/amendments-of-agent';
import { contractHref } from '@/components/contracts/contract-href';
import { GateSteps } from '@/components/gates/gate-steps';
import { FallBack } from '@/components/gates/review-acts';
import { versionName } from '@/components/gates/words';
import { Attestation } from '@/components/lifecycle/attestation';
import { History } from '@/components/lifecycle/history';
import { NextGate, WhoSigns } from '@/components/lifecycle/next-gate';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { Callout } from '@/components/ui/callout';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Columns, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { requireActor } from '@/lib/auth/session';
import { clausesOf } from '@/lib/contract/clauses';
import { AppError } from '@/lib/errors';
import { STAGE_MEANS, STAGE_TITLES } from '@/lib/lifecycle/stages';
import { getContract } from '@/lib/services/contracts/get-contract';
import type { LifecycleDetail, VersionDto } from '@/lib/services/gates/dto';
import { getLifecycle } from '@/lib/services/gates/get-lifecycle';

interface Props {
  params: Promise<{ name: string }>;
}

const load = cache(async (name: string): Promise<LifecycleDetail> => {
  const actor = await requireActor();
  return getLifecycle(actor, name).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { agent } = await load(decodeURIComponent((await params).name));
  return { title: `Lifecycle of ${agent.displayName}` };
}

export default async function LifecyclePage({ params }: Props) {
  const lifecycle = await load(decodeURIComponent((await params).name));
  const { agent, next, attestation, versionInForce, latest, adopted } = lifecycle;
  const mayFallBack = lifecycle.mayFallBack && lifecycle.fallbackTargets.length > 0;
  return (
    <>
      <LiveRefresh topics={['gate', 'agent', 'evidence', 'contract', 'comment', 'amendment']} />
      <PageHeader
        crumbs={[
          { label: 'Agents', href: '/agents' },
          { label: agent.displayName, href: `/agents/${encodeURIComponent(agent.name)}` },
          { label: 'Lifecycle' },
        ]}
        title={`${agent.displayName}: ${STAGE_TITLES[agent.stage]}`}
        facts={[
          <span key="since">
            reached <RelativeTime at={agent.stageEnteredAt} />
          </span>,
          versionInForce === null ? (
            'no version of its own in force'
          ) : (
            <VersionLink key="force" agent={agent.name} version={versionInForce} words="in force" />
          ),
          latest === null || latest.id === versionInForce?.id ? null : (
            <VersionLink key="latest" agent={agent.name} version={latest} words="newest" />
          ),
          STAGE_MEANS[agent.stage],
        ]}
        actions={
          mayFallBack ? (
            <FallBack
              agent={agent}
              clauses={await clausesInForce(agent.name, versionInForce)}
              targets={lifecycle.fallbackTargets}
            />
          ) : undefined
        }
      />
      <AgentNav name={agent.name} current="lifecycle" />
      <GateSteps steps={lifecycle.steps} stands={{ stage: agent.stage, since: agent.stageEnteredAt }} />
      {adopted ? (
        <div className="mb-5">
          <Callout tone="medium" title="Taken over, not signed">
            It was at work before anybody signed for it here. It goes on as before; from its next version on,
            what goes in force must pass its gates.
          </Callout>
        </div>
      ) : null}
      <Columns>
        <Stack>
          {next === null ? (
            <Sheet title="Nothing is asked of it now">
              <SheetBody className="text-sm text-ink-2">
                {latest === null
                  ? 'It has no contract of its own yet.'
                  : 'Every gate that its version must pass is passed.'}
              </SheetBody>
            </Sheet>
          ) : (
            <NextGate agent={agent} next={next} inForce={versionInForce} />
          )}
        </Stack>
        <Stack>
          {attestation === null ? null : <Attestation attestation={attestation} />}
          {next === null ? null : <WhoSigns next={next} />}
          <AmendmentsOfAgent agent={agent} />
        </Stack>
      </Columns>
      <div className="mt-5">
        <History lifecycle={lifecycle} />
      </div>
    </>
  );
}

function VersionLink({ agent, version, words }: { agent: string; version: VersionDto; words: string }) {
  return (
    <span>
      <Link href={contractHref(agent, { version: version.number })} className="prose-link">
        {versionName(version)}
      </Link>{' '}
      {words}
    </span>
  );
}

/** What somebody who sends it back can name. */
async function clausesInForce(agent: string, version: VersionDto | null): Promise<string[]> {
  if (version === null) return [];
  const { contract } = await getContract(await requireActor(), agent, version.number);
  return clausesOf(contract).map((clause) => clause.path);
}
