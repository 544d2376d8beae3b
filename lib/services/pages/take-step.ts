import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { formatDuration } from '@/lib/format';
import { afterNobody, type PageKind, type WaitingStep } from '@/lib/response/escalation';
import { appendAudit } from '@/lib/services/audit/append';
import { sendPage } from './send-page';
import { type PagedPerson, type Whom, whomToPage } from './whom';

/** A step that is due, of an incident whose row the caller has locked. */
export interface StepToTake {
  workspaceId: string;
  incidentId: string;
  round: number;
  page: { id: string; step: number; kind: PageKind; address: string | null };
  /** When the round began. */
  since: Date;
  type: 'incident.opened' | 'incident.escalated';
  /** In place of the reason that the step's kind gives. */
  because?: string;
  now: Date;
}

/**
 * Pages whoever is behind a step. When that is nobody the next step is taken at once, in the end the last resort; why is
 * kept with each. Channels and webhooks are told in any case. Answers who was paged.
 */
export async function takeStep(client: PoolClient, taken: StepToTake): Promise<PagedPerson[]> {
  const { workspaceId, incidentId, now } = taken;
  const passedOver: string[] = [];
  let { page } = taken;
  for (;;) {
    const whom = await whomToPage(client, workspaceId, page, now);
    const because =
      taken.because !== undefined && passedOver.length === 0
        ? taken.because
        : reason(taken, page, whom, passedOver);
    const nobody = whom.people.length === 0;
    if (!nobody || page.kind === 'last-resort') {
      await client.query({
        name: 'take-step',
        text: `UPDATE page SET state = $2, ended_at = $3, leased_until = NULL, via = $4, reason = $5 WHERE id = $1`,
        values: [page.id, nobody ? 'nobody' : 'sent', now, whom.via, nobody ? whom.note : because],
      });
      await sendPage(client, {
        workspaceId,
        incidentId,
        page,
        type: taken.type,
        people: whom.people,
        via: whom.via,
        because,
        now,
      });
      if (nobody) await recordNobody(client, taken, page, whom);
      return whom.people;
    }
    passedOver.push(whom.note ?? 'Nobody was there.');
    await client.query(
      `UPDATE page SET state = 'nobody', ended_at = $2, leased_until = NULL, via = $3, reason = $4 WHERE id = $1`,
      [page.id, now, whom.via, whom.note],
    );
    await recordNobody(client, taken, page, whom);
    page = await nextOf(client, taken);
  }
}

async function recordNobody(
  client: PoolClient,
  { workspaceId, incidentId }: StepToTake,
  page: StepToTake['page'],
  whom: Whom,
): Promise<void> {
  await appendAudit(client, [
    {
      workspaceId,
      actor: { kind: 'system', workspaceId },
      action: 'page.nobody',
      subject: `incident:${incidentId}`,
      detail: { step: page.step, kind: page.kind, address: page.address, why: whom.note },
    },
  ]);
}

/** The step that comes in place of one that found nobody, brought forward to now. */
async function nextOf(client: PoolClient, taken: StepToTake): Promise<StepToTake['page']> {
  const { rows } = await client.query<WaitingStep & { address: string | null }>(
    `SELECT id, step, kind, address, due_at AS "dueAt" FROM page
     WHERE incident_id = $1 AND state = 'waiting' ORDER BY round, step FOR UPDATE`,
    [taken.incidentId],
  );
  const next = afterNobody(rows);
  if (next !== 'last-resort') {
    await client.query('UPDATE page SET due_at = $2 WHERE id = $1', [next.id, taken.now]);
    return { ...next, address: rows.find(({ id }) => id === next.id)?.address ?? null };
  }
  return addStep(client, {
    workspaceId: taken.workspaceId,
    incidentId: taken.incidentId,
    round: taken.round,
    kind: 'last-resort',
    address: null,
    dueAt: taken.now,
    createdById: null,
  });
}

/** A step that no contract planned, behind all others of the round. The incident's row is locked. */
export async function addStep(
  client: Pick<PoolClient, 'query'>,
  step: {
    workspaceId: string;
    incidentId: string;
    round: number;
    kind: PageKind;
    address: string | null;
    dueAt: Date;
    createdById: string | null;
  },
): Promise<StepToTake['page']> {
  const id = newId();
  const { rows } = await client.query<{ step: number }>(
    `INSERT INTO page (id, workspace_id, incident_id, round, step, kind, address, due_at, created_by_id)
     SELECT $1, $2, $3, $4, COALESCE(max(p.step) + 1, 0), $5, $6, $7, $8 FROM page p WHERE p.incident_id = $3 AND p.round = $4
     RETURNING step`,
    [
      id,
      step.workspaceId,
      step.incidentId,
      step.round,
      step.kind,
      step.address,
      step.dueAt,
      step.createdById,
    ],
  );
  return { id, step: rows[0]?.step ?? 0, kind: step.kind, address: step.address };
}

/** Why it is them, in a sentence or two. */
function reason(
  taken: StepToTake,
  page: StepToTake['page'],
  whom: Whom,
  passedOver: readonly string[],
): string {
  const before = [...passedOver, ...(whom.note === null ? [] : [whom.note])];
  const parts = (last: string) => [...before, last].join(' ');
  const onCall = whom.via === null ? '' : ` On call: ${whom.via}.`;
  switch (page.kind) {
    case 'operator':
      if (whom.via !== null) return parts(`On call: ${whom.via}.`);
      return before.length > 0 ? before.join(' ') : 'The contract names them as operator.';
    case 'escalation':
      return passedOver.length > 0
        ? parts(`The escalation path goes on at once.${onCall}`)
        : parts(
            `Nobody has acknowledged for ${formatDuration(taken.now.getTime() - taken.since.getTime())}.${onCall}`,
          );
    case 'last-resort':
      return parts('The head of AI is the last resort.');
    case 'reassigned':
      return parts('It was handed on.');
    case 'snooze':
      return parts('The snooze is over and nobody has acknowledged.');
  }
}
