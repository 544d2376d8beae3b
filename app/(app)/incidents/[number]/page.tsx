import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AmendmentPanel } from '@/components/amendments/amendment-panel';
import { VerdictPanel } from '@/components/amendments/verdict-panel';
import { AttributionSheet } from '@/components/incidents/attribution-sheet';
import { IncidentPage } from '@/components/incidents/incident-page';
import { SimilarSheet } from '@/components/incidents/similar-sheet';
import { LadderPanel } from '@/components/ladder/ladder-panel';
import { PagesPanel } from '@/components/pages/pages-panel';
import { Compensations } from '@/components/rollback/compensations';
import { RollbackPanel } from '@/components/rollback/rollback-panel';
import { UndoLedger } from '@/components/rollback/undo-ledger';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { amendmentsOfIncident } from '@/lib/services/amendments/of-incident';
import { getCompensations } from '@/lib/services/compensations/get-compensations';
import { getAttribution } from '@/lib/services/incidents/get-attribution';
import { getIncident, incidentNumber } from '@/lib/services/incidents/get-incident';
import { getSimilarRuns } from '@/lib/services/incidents/get-similar-runs';
import { getLadder } from '@/lib/services/ladder/get-ladder';
import { getPages } from '@/lib/services/pages/get-pages';
import { getRollbacks } from '@/lib/services/rollbacks/get-rollbacks';
import { getUndoLedger } from '@/lib/services/rollbacks/get-undo-ledger';
import { getVerdicts } from '@/lib/services/verdicts/get-verdicts';

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
  const actor = await requireActor();
  const incident = await load((await params).number);
  const { number, agent } = incident;
  const now = new Date();
  const [attribution, similar, pages, verdicts, amendments, rollbacks, compensations, ledger, ladder] =
    await Promise.all([
      getAttribution(actor, number),
      getSimilarRuns(actor, number),
      getPages(actor, number),
      getVerdicts(actor, number),
      amendmentsOfIncident(actor, number),
      getRollbacks(actor, number),
      getCompensations(actor, number, now),
      getUndoLedger(actor, { runId: incident.run.id }, now),
      getLadder(actor, { agent: agent.name }),
    ]);
  return (
    <IncidentPage
      initial={incident}
      rollback={<RollbackPanel standing={rollbacks} />}
      compensations={<Compensations data={compensations} />}
      undo={<UndoLedger data={ledger} />}
      ladder={<LadderPanel data={ladder} incident={number} />}
      attribution={<AttributionSheet attribution={attribution} />}
      similar={<SimilarSheet runs={similar} />}
      pages={<PagesPanel standing={pages} />}
      verdict={<VerdictPanel incident={number} standing={verdicts} />}
      amendment={<AmendmentPanel incident={number} agent={agent} data={amendments} />}
    />
  );
}
