import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, Suspense } from 'react';
import { AgentPage } from '@/components/agents/agent-page';
import { AGENT_TABS } from '@/components/agents/agent-tabs';
import { SilencePanel } from '@/components/expert-review/silence-panel';
import { KillSwitchControl } from '@/components/kill-switches/kill-switch-control';
import { SwitchBanner } from '@/components/kill-switches/switch-banner';
import { LadderPanel } from '@/components/ladder/ladder-panel';
import type { Actor } from '@/lib/auth/actor';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { agentTrend, trendSchema } from '@/lib/services/agents/agent-trend';
import { getAgent } from '@/lib/services/agents/get-agent';
import { needsEyes } from '@/lib/services/agents/needs-eyes';
import { getAgreement } from '@/lib/services/expert-reviews/get-agreement';
import { getSilence } from '@/lib/services/expert-reviews/get-silence';
import { incidentFilterSchema } from '@/lib/services/incidents/incident-filters';
import { listIncidents } from '@/lib/services/incidents/list-incidents';
import { listSwitches, switchControl } from '@/lib/services/kill-switches/list-switches';
import { getLadder } from '@/lib/services/ladder/get-ladder';
import { listRuns } from '@/lib/services/runs/list-runs';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ tab?: string | string[]; days?: string | string[] }>;
};

const load = cache(async (name: string) => {
  const actor = await requireActor();
  const agent = await getAgent(actor, name, new Date()).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
  return { actor, agent };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { agent } = await load(decodeURIComponent((await params).name));
  return { title: agent.displayName };
}

export default async function Page({ params, searchParams }: Props) {
  const [{ name }, { tab: wished, days }] = await Promise.all([params, searchParams]);
  const { actor, agent } = await load(decodeURIComponent(name));
  const tab = AGENT_TABS.find((each) => each === wished) ?? 'overview';
  const now = new Date();
  const filters = runFilterSchema.parse({ agent: agent.name });
  const [trend, eyes, runs, incidents, switches, control, ladder] = await Promise.all([
    tab === 'overview' ? agentTrend(actor, agent.name, trendSchema.parse({ days }).days, now) : null,
    tab === 'overview' ? needsEyes(actor, agent.name, now) : null,
    tab === 'runs' ? listRuns(actor, filters, runPageSchema.parse({ limit: 25 }), { count: false }) : null,
    tab === 'incidents' ? listIncidents(actor, incidentFilterSchema.parse({ agent: agent.name })) : null,
    listSwitches(actor, { agent: agent.name }),
    switchControl(actor, { scope: 'agent', target: agent.name }),
    tab === 'overview' ? getLadder(actor, { agent: agent.name }) : null,
  ]);
  const isOn = switches.on.some((each) => each.scope === 'agent');
  return (
    <>
      <SwitchBanner switches={switches} />
      <AgentPage
        initial={agent}
        tab={tab}
        data={{ trend, eyes, runs, incidents }}
        silence={
          tab === 'overview' ? (
            <Suspense>
              <AgentSilence actor={actor} agentId={agent.id} now={now} />
            </Suspense>
          ) : null
        }
        ladder={ladder === null ? null : <LadderPanel data={ladder} />}
        stop={
          isOn ? null : (
            <KillSwitchControl scope="agent" target={agent.name} name={agent.displayName} control={control} />
          )
        }
      />
    </>
  );
}

/** Read apart: it looks into what reviewers said. */
async function AgentSilence({ actor, agentId, now }: { actor: Actor; agentId: string; now: Date }) {
  const [silence, agreed] = await Promise.all([
    getSilence(actor, { agentId }, now),
    getAgreement(actor, { agentId }, now),
  ]);
  return <SilencePanel silence={silence} agreed={agreed} />;
}
