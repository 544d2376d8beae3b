import type { PoolClient } from 'pg';
import { config } from '@/lib/config';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { compose, type MailDetail } from './compose';

/** What a person is to hear of by mail. */
export interface MailToMember {
  personId: string;
  /** What it is about, as notifications name it: incident.opened, gate.requested, … */
  type: string;
  title: string;
  /** Where the link leads: a path of the dashboard. */
  path: string;
  /** More than the title: why they get it, and what they must know at once. */
  more?: MailDetail;
  /** The page it carries, or the digest of several. */
  page?: { incidentId: string; pageId: string } | { digestId: string };
}

/**
 * Writes mail to members into the outbox, in the caller's transaction, where the instance can send mail, the workspace is
 * not the demo (its people do not exist) and the member has not turned it off.
 */
export async function enqueueMail(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  mails: readonly MailToMember[],
): Promise<void> {
  const { smtp, dashboardUrl } = config();
  if (smtp === null || mails.length === 0) return;
  const members = await client.query<{ id: string; email: string; workspace: string }>(
    `SELECT p.id, p.email, w.name AS workspace
       FROM membership m JOIN person p ON p.id = m.person_id JOIN workspace w ON w.id = m.workspace_id
      WHERE m.workspace_id = $1 AND m.person_id = ANY($2::uuid[]) AND m.mail AND p.disabled_at IS NULL AND NOT w.is_demo`,
    [workspaceId, mails.map((mail) => mail.personId)],
  );
  const rows = members.rows.flatMap((member) => {
    const mail = mails.find((each) => each.personId === member.id);
    if (mail === undefined) return [];
    const body = compose({
      title: mail.title,
      workspace: member.workspace,
      url: `${dashboardUrl}${mail.path}`,
      ...(mail.more === undefined ? {} : { more: mail.more }),
    });
    return [
      {
        id: newId(),
        type: mail.type,
        recipient: member.email,
        body: JSON.stringify(body),
        incidentId: mail.page !== undefined && 'pageId' in mail.page ? mail.page.incidentId : null,
        pageId: mail.page !== undefined && 'pageId' in mail.page ? mail.page.pageId : null,
        digestId: mail.page !== undefined && 'digestId' in mail.page ? mail.page.digestId : null,
      },
    ];
  });
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO outbox_message (id, workspace_id, type, channel, recipient, body, incident_id, page_id, digest_id)
     SELECT t.id, $5::uuid, t.type, 'mail', t.recipient, t.body, t.incident_id, t.page_id, t.digest_id
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $6::uuid[], $7::uuid[], $8::uuid[])
         AS t(id, type, recipient, body, incident_id, page_id, digest_id)`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.type),
      rows.map((row) => row.recipient),
      rows.map((row) => row.body),
      workspaceId,
      rows.map((row) => row.incidentId),
      rows.map((row) => row.pageId),
      rows.map((row) => row.digestId),
    ],
  );
  await notify(client, { workspaceId, topic: 'outbox', id: '' });
}
