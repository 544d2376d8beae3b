import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { PAGE_KINDS, type PageKind } from '@/lib/response/escalation';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import { whomToPage } from './whom';

/** One attempt to reach somebody. `error` is null when it arrived; `ms` is how long it took. */
export interface AttemptDto {
  channel: 'in-app' | 'mail' | 'webhook' | 'slack' | 'pagerduty';
  recipient: string;
  attempt: number;
  at: string;
  ms: number;
  status: number | null;
  error: string | null;
}

/** What has not arrived by a channel, alone or in a digest. */
export interface UndeliveredDto {
  channel: AttemptDto['channel'];
  recipient: string;
  /** discarded: it need not arrive any more, as somebody has the incident or put it off the list. */
  state: 'waiting' | 'given-up' | 'discarded';
  /** When it is tried again; null unless it waits. */
  nextAt: string | null;
}

/** What a person is told of it with, where pages came too fast to go out one by one. */
interface DigestOfPerson {
  dueAt: string;
  sent: boolean;
}

/** A step of telling people. Times are ISO 8601. */
export interface PageStepDto {
  id: string;
  round: number;
  step: number;
  kind: PageKind;
  /** Whom the contract names; null for the last resort. */
  address: string | null;
  state: 'waiting' | 'sent' | 'nobody' | 'cancelled';
  dueAt: string;
  endedAt: string | null;
  /** The schedule that named them. */
  via: string | null;
  reason: string | null;
  /** Who was told; of a waiting step who would be, as it stands. */
  people: { name: string; inDigest: DigestOfPerson | null }[];
  attempts: AttemptDto[];
  undelivered: UndeliveredDto[];
}

export interface PagesStanding {
  number: number;
  state: 'open' | 'acknowledged' | 'resolved';
  /** In the order they were planned; steps of earlier rounds that never came are left out. */
  steps: PageStepDto[];
  /** Nobody is paged until then. */
  snoozed: { until: string; by: string | null } | null;
  may: Permission;
  /** Whom it can be handed to: every member but the one who has it. */
  members: { id: string; name: string; jobTitle: string | null }[];
  /** Of those clocks times are told. */
  timeZone: string;
}

const stepSchema = z.object({
  id: z.string(),
  round: z.int(),
  step: z.int(),
  kind: z.enum(PAGE_KINDS),
  address: z.string().nullable(),
  state: z.enum(['waiting', 'sent', 'nobody', 'cancelled']),
  due_at: z.date(),
  ended_at: z.date().nullable(),
  via: z.string().nullable(),
  reason: z.string().nullable(),
  by: z.string().nullable(),
});
const channelSchema = z.enum(['in-app', 'mail', 'webhook', 'slack', 'pagerduty']);
const attemptSchema = z.object({
  page_id: z.string(),
  channel: channelSchema,
  recipient: z.string(),
  attempt: z.int(),
  at: z.date(),
  ms: z.int(),
  status: z.int().nullable(),
  error: z.string().nullable(),
});
const undeliveredSchema = z.object({
  page_id: z.string(),
  channel: channelSchema,
  recipient: z.string(),
  due_at: z.date(),
  state: z.enum(['waiting', 'given-up', 'discarded']),
});

/** Who was paged of an incident when, by which channel and with what result, and what comes next. Throws `not_found`. */
export async function getPages(actor: Actor, number: number): Promise<PagesStanding> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const found = await db().query<{
    id: string;
    state: PagesStanding['state'];
    operator_id: string | null;
    time_zone: string;
  }>(
    `SELECT i.id, i.state, i.operator_id, w.time_zone FROM incident i JOIN workspace w ON w.id = i.workspace_id
     WHERE i.workspace_id = $1 AND i.number = $2 AND ($3::uuid IS NULL OR i.agent_id = $3)`,
    [workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const incident = found.rows[0];
  if (incident === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  const [steps, people, attempts, undelivered, may, members] = await Promise.all([
    stepsOf(incident.id),
    peopleOf(incident.id),
    attemptsOf(incident.id),
    undeliveredOf(incident.id),
    mayAct(actor, 'incident.page'),
    db().query<PagesStanding['members'][number]>(
      `SELECT p.id, p.name, m.job_title AS "jobTitle" FROM membership m JOIN person p ON p.id = m.person_id
       WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND p.id IS DISTINCT FROM $2::uuid ORDER BY p.name, p.id`,
      [workspaceId, incident.state === 'open' ? incident.operator_id : null],
    ),
  ]);
  const snooze = steps.find((step) => step.kind === 'snooze' && step.state === 'waiting');
  return {
    number,
    state: incident.state,
    steps: await Promise.all(
      steps.map(async (step) => ({
        id: step.id,
        round: step.round,
        step: step.step,
        kind: step.kind,
        address: step.address,
        state: step.state,
        dueAt: step.due_at.toISOString(),
        endedAt: step.ended_at?.toISOString() ?? null,
        via: step.via,
        reason: step.reason,
        people: step.state === 'waiting' ? await expected(workspaceId, step) : (people.get(step.id) ?? []),
        attempts: attempts
          .filter((attempt) => attempt.page_id === step.id)
          .map(({ page_id: _, at, ...attempt }) => ({ ...attempt, at: at.toISOString() })),
        undelivered: undelivered
          .filter((message) => message.page_id === step.id)
          .map(({ channel, recipient, due_at, state }) => ({
            channel,
            recipient,
            state,
            nextAt: state === 'waiting' ? due_at.toISOString() : null,
          })),
      })),
    ),
    snoozed: snooze === undefined ? null : { until: snooze.due_at.toISOString(), by: snooze.by },
    may,
    members: members.rows,
    timeZone: incident.time_zone,
  };
}

async function stepsOf(incidentId: string) {
  const { rows } = await db().query(
    `SELECT p.id, p.round, p.step, p.kind, p.address, p.state, p.due_at, p.ended_at, p.via, p.reason, b.name AS by
     FROM page p LEFT JOIN person b ON b.id = p.created_by_id
     WHERE p.incident_id = $1
       AND (p.state <> 'cancelled' OR p.round = (SELECT max(l.round) FROM page l WHERE l.incident_id = $1))
     ORDER BY p.round, COALESCE(p.ended_at, p.due_at), p.step`,
    [incidentId],
  );
  return z.array(stepSchema).parse(rows);
}

async function peopleOf(incidentId: string): Promise<Map<string, PageStepDto['people']>> {
  const { rows } = await db().query<{ page_id: string; name: string; due_at: Date | null; sent: boolean }>(
    `SELECT r.page_id, p.name, d.due_at, d.sent_at IS NOT NULL AS sent
     FROM page_recipient r JOIN person p ON p.id = r.person_id LEFT JOIN page_digest d ON d.id = r.digest_id
     WHERE r.incident_id = $1 ORDER BY p.name, p.id`,
    [incidentId],
  );
  const byPage = new Map<string, PageStepDto['people']>();
  for (const { page_id, name, due_at, sent } of rows) {
    const inDigest = due_at === null ? null : { dueAt: due_at.toISOString(), sent };
    byPage.set(page_id, [...(byPage.get(page_id) ?? []), { name, inDigest }]);
  }
  return byPage;
}

/** Those of its pages, and of the digests that they are in; what settles a digest's alert is about one incident and no page. */
async function attemptsOf(incidentId: string) {
  const { rows } = await db().query(
    `SELECT a.page_id, a.channel, a.recipient, a.attempt, a.at, a.ms, a.status, a.error
       FROM delivery_attempt a JOIN page p ON p.id = a.page_id WHERE p.incident_id = $1
     UNION ALL
     SELECT r.page_id, a.channel, a.recipient, a.attempt, a.at, a.ms, a.status, a.error
       FROM page_recipient r JOIN delivery_attempt a ON a.digest_id = r.digest_id
      WHERE r.incident_id = $1 AND a.incident_id IS NULL
     ORDER BY at`,
    [incidentId],
  );
  return z.array(attemptSchema).parse(rows);
}

async function undeliveredOf(incidentId: string) {
  const { rows } = await db().query(
    `SELECT o.page_id, m.channel, COALESCE(m.recipient, e.name) AS recipient, m.due_at,
       CASE WHEN m.discarded_at IS NOT NULL THEN 'discarded' WHEN m.dead_at IS NOT NULL THEN 'given-up' ELSE 'waiting' END AS state
     FROM (
       SELECT m.id, p.id AS page_id FROM page p JOIN outbox_message m ON m.page_id = p.id WHERE p.incident_id = $1
       UNION
       SELECT m.id, r.page_id FROM page_recipient r JOIN outbox_message m ON m.digest_id = r.digest_id
        WHERE r.incident_id = $1 AND m.incident_id IS NULL
     ) o JOIN outbox_message m ON m.id = o.id LEFT JOIN webhook_endpoint e ON e.id = m.endpoint_id
     WHERE m.delivered_at IS NULL ORDER BY m.due_at`,
    [incidentId],
  );
  return z.array(undeliveredSchema).parse(rows);
}

/** Whom a step that waits would reach if nothing changes until then. */
async function expected(
  workspaceId: string,
  step: z.output<typeof stepSchema>,
): Promise<PageStepDto['people']> {
  const { people } = await whomToPage(db(), workspaceId, step, step.due_at);
  return people.map(({ name }) => ({ name, inDigest: null }));
}
