import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { SECTIONS, type Section } from '@/lib/response/postmortem';
import { appendAudit } from '@/lib/services/audit/append';
import { mentionsOf, readBody } from '@/lib/services/comments/comment-body';
import { addNotifications } from '@/lib/services/notifications/add';
import { findIncident } from './find-incident';

/** A conversation this long is none any more. */
const MOST_NOTES = 1000;

/**
 * Writes into an incident's conversation, or beside a section of its postmortem. What is written stays as it is. Whom it
 * names is told, and so are the operator, whoever acknowledged it, and those who wrote before.
 * Throws `forbidden`, `not_found`, `invalid`, `conflict`.
 */
export async function addNote(
  actor: Actor,
  input: { number: number; section: Section | null; body: string },
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.note', { workspaceId });
  const body = readBody(input.body);
  const incident = await findIncident(actor, input.number);
  const author = actor.kind === 'person' ? actor.personId : null;
  return transact(async (client) => {
    const { rows } = await client.query<{ count: number; involved: (string | null)[] }>(
      `SELECT (SELECT count(*) FROM incident_note WHERE incident_id = i.id) AS count,
              ARRAY(SELECT DISTINCT author_id FROM incident_note
                     WHERE incident_id = i.id AND section IS NOT DISTINCT FROM $2)
                || ARRAY[i.operator_id, i.acknowledged_by_id] AS involved
         FROM incident i WHERE i.id = $1 FOR NO KEY UPDATE OF i`,
      [incident.id, input.section],
    );
    const [found] = rows;
    if (found === undefined) throw new AppError('not_found', 'There is no such incident in this workspace.');
    if (found.count >= MOST_NOTES)
      throw new AppError(
        'conflict',
        `INC-${incident.number} has ${MOST_NOTES} notes, which is as many as it takes.`,
      );
    const id = newId();
    const mentions = await mentionsOf(client, workspaceId, body);
    const at = new Date();
    await client.query(
      `INSERT INTO incident_note (id, workspace_id, incident_id, section, author_id, body, mentions, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, workspaceId, incident.id, input.section, author, body, mentions, at],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: input.section === null ? 'incident.noted' : 'postmortem.noted',
        subject: `incident:${incident.id}`,
        detail: {
          number: incident.number,
          note: id,
          ...(input.section === null ? {} : { section: input.section }),
        },
      },
    ]);
    const where = input.section === null ? '' : 'the postmortem of ';
    const title = (said: string) =>
      `${actorName(actor)} ${said} ${where}INC-${incident.number}: ${incident.title}`;
    const path =
      input.section === null
        ? `/incidents/${incident.number}#conversation`
        : `/incidents/${incident.number}/postmortem#${input.section}`;
    await addNotifications(client, actor, [
      ...mentions.map((personId) => ({
        personId,
        kind: 'incident.mentioned',
        title: title('named you on'),
        path,
      })),
      ...found.involved.flatMap((personId) =>
        personId === null ? [] : [{ personId, kind: 'incident.noted', title: title('wrote on'), path }],
      ),
    ]);
    await notify(client, { workspaceId, topic: 'incident', id: incident.id });
    return { id };
  });
}

/** Reads a section's name; throws `invalid` for another. Null is the conversation. */
export function readSection(name: string | null): Section | null {
  if (name === null) return null;
  const section = SECTIONS.find((one) => one === name);
  if (section === undefined) throw new AppError('invalid', 'The postmortem has no such section.');
  return section;
}
