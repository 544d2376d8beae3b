import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import {
  currentVerdicts,
  settledCause,
  VERDICT_WORDS,
  type VerdictCause,
  type VerdictRole,
} from '@/lib/lifecycle/verdict';
import { appendAudit } from '@/lib/services/audit/append';
import { clauseOf, reasonOf } from '@/lib/services/gates/reason';
import type { Queries } from '@/lib/services/gates/rows';
import { addNotifications } from '@/lib/services/notifications/add';
import {
  type IncidentForVerdict,
  incidentForVerdict,
  OTHER_ROLE,
  type VerdictDto,
  verdictPeople,
  verdictsOf,
} from './verdict-facts';

export interface GiveVerdict {
  /** The incident's number. */
  incident: number;
  role: VerdictRole;
  cause: VerdictCause;
  clause?: string | undefined;
  /** Why; the head of AI must say. */
  note?: string | undefined;
}

/**
 * Says as the agent's sponsor or GRC what was wrong: a parameter, the implementation or the contract. Both stand; the cause
 * is settled when they agree, or when the head of AI decides. An earlier word of the same role stays on the record and counts no
 * more. Throws `forbidden` for whoever does not speak in that role, `conflict` for whoever has spoken in the other one and where
 * nothing would change.
 */
export async function giveVerdict(
  actor: Actor,
  input: GiveVerdict,
): Promise<{ settled: VerdictCause | null }> {
  const { workspaceId } = actor;
  const { role, cause } = input;
  authorize(actor, role === 'head-of-ai' ? 'verdict.decide' : 'verdict.give', { workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people say what was wrong.');
  const clause = clauseOf(input.clause);
  const text = input.note?.trim() ?? '';
  const note = role === 'head-of-ai' || text !== '' ? reasonOf(text) : null;
  return transact(async (client) => {
    const incident = await incidentForVerdict(client, workspaceId, input.incident, 'lock');
    const given = await verdictsOf(client, incident.id);
    if (role === 'head-of-ai') refuseDeciding(incident, given);
    else {
      refuseSecondRole(actor, given, role);
      await refuseOthers(client, actor, incident, role);
    }
    const mine = currentVerdicts(given)[role];
    if (
      mine !== null &&
      mine.cause === cause &&
      mine.clause === clause &&
      mine.note === note &&
      given.at(-1)?.id === mine.id
    )
      throw new AppError('conflict', `That was said already as ${ROLE_IN_WORDS[role]}.`);
    // Never before what is on record: a clock that was set back must not make an old word the newest.
    const at = new Date(Math.max(Date.now(), ...given.map((each) => Date.parse(each.at) + 1)));
    await client.query(
      `INSERT INTO incident_verdict (id, workspace_id, incident_id, role, person_id, cause, clause, note, at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [newId(), workspaceId, incident.id, role, actor.personId, cause, clause, note, at],
    );
    const before = settledCause(given);
    const after = settledCause([...given, { role, cause }]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'incident.verdict-given',
        subject: `incident:${incident.id}`,
        detail: { incident: incident.number, role, cause, clause, note },
      },
    ]);
    if (before?.cause !== after?.cause || before?.by !== after?.by)
      await appendAudit(client, [
        {
          workspaceId,
          actor,
          action: after === null ? 'incident.cause-reopened' : 'incident.cause-settled',
          subject: `incident:${incident.id}`,
          detail: { incident: incident.number, ...(after ?? {}) },
        },
      ]);
    await tell(client, actor, incident, { role, cause, settled: after !== null });
    await notify(client, { workspaceId, topic: 'verdict', id: incident.id });
    return { settled: after?.cause ?? null };
  });
}

function refuseDeciding(incident: IncidentForVerdict, given: readonly VerdictDto[]): void {
  const { sponsor, grc } = currentVerdicts(given);
  if (sponsor === null && grc === null)
    throw new AppError(
      'conflict',
      `Nobody has said yet what was wrong in INC-${incident.number}: the sponsor and GRC speak first.`,
    );
  if (sponsor !== null && sponsor.cause === grc?.cause)
    throw new AppError('conflict', 'Sponsor and GRC agree: there is nothing to decide.');
}

/** Agreement is that of two people, also where one has both roles or stands in for one. */
function refuseSecondRole(
  actor: Extract<Actor, { kind: 'person' }>,
  given: readonly VerdictDto[],
  role: 'sponsor' | 'grc',
): void {
  const other = OTHER_ROLE[role];
  if (currentVerdicts(given)[other]?.person.id === actor.personId)
    throw new AppError(
      'conflict',
      `You have spoken as ${ROLE_IN_WORDS[other]}, so somebody else says it as ${ROLE_IN_WORDS[role]}.`,
    );
}

async function refuseOthers(
  client: Queries,
  actor: Extract<Actor, { kind: 'person' }>,
  incident: IncidentForVerdict,
  role: 'sponsor' | 'grc',
): Promise<void> {
  const roles = await verdictPeople(client, actor.workspaceId, incident, Date.now());
  const mine = roles.find((each) => each.role === role);
  if (mine === undefined || mine.people.some((person) => person.id === actor.personId)) return;
  throw new AppError(
    'forbidden',
    mine.nobody ??
      `${formatList(mine.people.map((person) => person.name))} says this as ${ROLE_IN_WORDS[role]} of the agent.`,
  );
}

/** The other one, that there is something to agree or disagree with; the head of AI, where they disagree. */
async function tell(
  client: Queries,
  actor: Extract<Actor, { kind: 'person' }>,
  incident: IncidentForVerdict,
  said: { role: VerdictRole; cause: VerdictCause; settled: boolean },
): Promise<void> {
  const given = await verdictsOf(client, incident.id);
  const now = currentVerdicts(given);
  const disagree = now.sponsor !== null && now.grc !== null && !said.settled;
  const heads = disagree
    ? await client.query<{ id: string }>(
        `SELECT person_id AS id FROM membership WHERE workspace_id = $1 AND 'head-of-ai' = ANY(roles)`,
        [actor.workspaceId],
      )
    : { rows: [] };
  const title = `INC-${incident.number}: ${actor.name} says as ${ROLE_IN_WORDS[said.role]} that ${VERDICT_WORDS[said.cause].title.toLowerCase()}${disagree ? ', and the other one says otherwise' : ''}`;
  const spoke = given.map((each) => each.person.id);
  await addNotifications(
    client,
    actor,
    [...spoke, ...heads.rows.map((row) => row.id)].map((personId) => ({
      personId,
      kind: 'incident.verdict',
      title,
      path: `/incidents/${incident.number}`,
    })),
  );
}
