import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { ROLES, type Role } from '@/lib/auth/roles';
import { db } from '@/lib/db/pool';
import type { SignerHabit } from './dto';

/** A signature given within so many seconds, with no evidence opened, was hardly read. */
const UNREAD_SECONDS = 30;
const MOST_DAYS = 3650;

/**
 * How each person signs, over so many days (365): how long they looked, what they opened, how often they said no. What it
 * shows is a question to ask, not a verdict: for GRC, the head of AI and auditors. Those who signed most come first.
 */
export async function signerHabits(
  actor: Actor,
  of: { days?: number | undefined } = {},
): Promise<SignerHabit[]> {
  const { workspaceId } = actor;
  authorize(actor, 'signer-habits.read', { workspaceId });
  const days = Math.min(MOST_DAYS, Math.max(1, Math.floor(of.days ?? 365)));
  const { rows } = await db().query<{
    id: string;
    name: string;
    roles: string[] | null;
    signed: number;
    declined: number;
    ended: number;
    agreed: number;
    medianSeconds: number | null;
    opened: number;
    offered: number;
    unread: number;
    lastAt: Date | null;
  }>(
    `WITH decision AS (
       SELECT s.person_id, true AS signed, r.state, s.signed_at AS at, s.seconds_spent AS seconds,
              s.evidence_opened AS opened, s.evidence_offered AS offered
         FROM signature s JOIN gate_review r ON r.id = s.gate_review_id
        WHERE s.workspace_id = $1 AND s.signed_at >= $2
       UNION ALL
       SELECT r.closed_by_id, false, r.state, r.closed_at, 0, 0, 0
         FROM gate_review r
        WHERE r.workspace_id = $1 AND r.state = 'declined' AND r.closed_by_id IS NOT NULL AND r.closed_at >= $2)
     SELECT p.id, p.name, m.roles,
            count(*) FILTER (WHERE d.signed) AS signed, count(*) FILTER (WHERE NOT d.signed) AS declined,
            count(*) FILTER (WHERE d.state IN ('passed', 'declined')) AS ended,
            count(*) FILTER (WHERE (d.signed AND d.state = 'passed') OR (NOT d.signed AND d.state = 'declined')) AS agreed,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY d.seconds) FILTER (WHERE d.signed) AS "medianSeconds",
            sum(d.opened)::int AS opened, sum(d.offered)::int AS offered,
            count(*) FILTER (WHERE d.signed AND d.seconds < ${UNREAD_SECONDS} AND d.opened = 0) AS unread,
            max(d.at) AS "lastAt"
       FROM decision d JOIN person p ON p.id = d.person_id
       LEFT JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      GROUP BY p.id, p.name, m.roles ORDER BY signed DESC, p.name, p.id`,
    [workspaceId, new Date(Date.now() - days * 86_400_000)],
  );
  return rows.map((row) => ({
    person: { id: row.id, name: row.name },
    roles: (row.roles ?? []).flatMap((role): Role[] => ROLES.filter((known) => known === role)),
    signed: row.signed,
    declined: row.declined,
    agreement: row.ended === 0 ? null : row.agreed / row.ended,
    medianSeconds: row.medianSeconds,
    opened: row.offered === 0 ? null : row.opened / row.offered,
    unread: row.unread,
    lastAt: row.lastAt?.toISOString() ?? null,
  }));
}
