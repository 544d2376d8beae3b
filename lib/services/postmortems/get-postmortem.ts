import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { impactSentences } from '@/lib/response/impact-words';
import { type Postmortem, type PostmortemFacts, postmortem, type Verdict } from '@/lib/response/postmortem';
import { amendmentsOfIncident } from '@/lib/services/amendments/of-incident';
import { getCompensations } from '@/lib/services/compensations/get-compensations';
import { getAttribution } from '@/lib/services/incidents/get-attribution';
import { getIncident } from '@/lib/services/incidents/get-incident';
import { type IncidentNotes, listNotes } from '@/lib/services/incidents/list-notes';
import { getRollbacks, type RollbackStanding } from '@/lib/services/rollbacks/get-rollbacks';
import { getUndoLedger } from '@/lib/services/rollbacks/get-undo-ledger';
import { getVerdicts, type VerdictStanding } from '@/lib/services/verdicts/get-verdicts';

export interface PostmortemDetail {
  number: number;
  incident: { title: string; severity: PostmortemFacts['severity']; state: PostmortemFacts['state'] };
  agent: { name: string; displayName: string };
  /** Its text, from the record as it is now. */
  document: Postmortem;
  /** What people wrote beside its sections. */
  annotations: IncidentNotes;
  /** Times in the text are those of this zone. */
  zone: string;
  /** When the text was made, ISO 8601. */
  at: string;
}

/** An incident's postmortem, written anew from the record, with what people wrote beside it. Throws `not_found`. */
export async function getPostmortem(actor: Actor, number: number, now: Date): Promise<PostmortemDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const incident = await getIncident(actor, number, now);
  const [attribution, verdicts, amendments, rollbacks, compensations, ledger, annotations, zone] =
    await Promise.all([
      getAttribution(actor, number),
      getVerdicts(actor, number),
      amendmentsOfIncident(actor, number),
      getRollbacks(actor, number),
      getCompensations(actor, number, now),
      getUndoLedger(actor, { runId: incident.run.id }, now),
      listNotes(actor, incident.id, 'postmortem'),
      zoneOf(workspaceId),
    ]);
  const { run } = incident;
  const facts: PostmortemFacts = {
    number: incident.number,
    title: incident.title,
    severity: incident.severity,
    state: incident.state,
    clause: incident.clause,
    clauseSays: incident.clauseSays,
    agent: incident.agent.displayName,
    run: run.key,
    runs: incident.runCount,
    contract:
      run.contract === null
        ? null
        : { name: run.versionName ?? String(run.contract.number), digest: run.contract.digest },
    breachedAt: incident.breachedAt,
    // The incident itself is opened a moment later, in the same transaction.
    recordedAt:
      run.breaches.find((breach) => breach.clause === incident.clause)?.recordedAt ?? incident.openedAt,
    found: incident.found.map(
      (one) =>
        `Found: ${one.masked} (${one.category}) in the ${one.part} of ${one.tool}${one.path === '' ? '' : `, at ${one.path}`}${one.document === null ? '' : `, document ${one.document}`}.`,
    ),
    rollback: rollbackOf(rollbacks),
    intervals: incident.intervals,
    moments: incident.timeline.moments,
    momentsLeft: incident.timeline.left,
    impact: run.contract === null ? null : ledger === null ? [] : impactSentences(ledger),
    attribution,
    verdicts: lastWords(verdicts),
    amendments: amendments.rows.map((one) => ({
      number: one.number,
      state: one.state,
      route: one.route,
      version: one.version?.label ?? null,
      reason: null,
    })),
    compensationsOpen:
      compensations === null
        ? 0
        : compensations.counts.proposed +
          compensations.counts.approved +
          compensations.counts.sent +
          compensations.counts.failed,
  };
  return {
    number: incident.number,
    incident: { title: incident.title, severity: incident.severity, state: incident.state },
    agent: incident.agent,
    document: postmortem(facts, zone),
    annotations,
    zone,
    at: now.toISOString(),
  };
}

function rollbackOf(standing: RollbackStanding | null): PostmortemFacts['rollback'] {
  if (standing === null) return null;
  const [last] = standing.rollbacks;
  if (last !== undefined)
    return {
      from: last.from.name,
      to: last.to.name,
      state: last.state === 'reversed' ? 'reversed' : 'done',
    };
  const { proposal } = standing;
  return proposal?.state === 'possible'
    ? { from: proposal.from.name, to: proposal.to.name, state: 'proposed' }
    : null;
}

function lastWords({ roles, decided }: VerdictStanding): Verdict[] {
  return [...roles.map((role) => role.current), decided].flatMap((verdict) =>
    verdict === null
      ? []
      : [
          {
            role: verdict.role,
            by: verdict.person.name,
            cause: verdict.cause,
            clause: verdict.clause,
            note: verdict.note,
          },
        ],
  );
}

async function zoneOf(workspaceId: string): Promise<string> {
  const { rows } = await db().query<{ zone: string }>(
    'SELECT time_zone AS zone FROM workspace WHERE id = $1',
    [workspaceId],
  );
  return rows[0]?.zone ?? 'UTC';
}
