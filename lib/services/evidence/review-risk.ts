import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Change, diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { type SubjectVersion, subjectOf } from './evidence-subject';
import { recordEvidence } from './record-evidence';

/** A clause of the risk profile that is not as it was at the last review. */
export interface RiskChange {
  clause: string;
  kind: Change['kind'];
  before: unknown;
  after: unknown;
  direction: Change['direction'];
}

export interface RiskSince {
  agent: { id: string; name: string; displayName: string };
  version: { id: string; number: number; label: string };
  /** The last review that found nothing to change; null when there was none. */
  last: { at: string; by: string | null; version: { number: number; label: string } } | null;
  /** Since then, in the order a contract is read. */
  changes: RiskChange[];
}

/** What a reviewer of a version's risk profile looks at: what has changed in it since the last review. Throws `not_found`. */
export async function riskSince(
  actor: Actor,
  input: { agent: string; version?: number | string | undefined },
): Promise<RiskSince> {
  authorize(actor, 'evidence.read', { workspaceId: actor.workspaceId });
  const { agent, version } = await subjectOf(actor, input.agent, input.version);
  return { agent, ...(await sinceLast(agent.id, version)) };
}

export const RISK_FINDINGS = ['stands', 'needs-change'] as const;
const statementSchema = z
  .string()
  .trim()
  .min(1, 'Say what you looked at and what you found.')
  .max(4000, 'At most 4,000 characters.');

/**
 * A person's word that they reviewed the risk profile of a version: what they found, and whether it stands. One that needs
 * change is stored as failed. Throws `forbidden` for whom the table does not let, `invalid` without a statement.
 */
export async function reviewRisk(
  actor: Actor,
  input: {
    agent: string;
    version?: number | string | undefined;
    finding: (typeof RISK_FINDINGS)[number];
    statement: string;
  },
): Promise<{ id: string; digest: string; summary: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.review-risk', { workspaceId });
  const checked = statementSchema.safeParse(input.statement);
  if (!checked.success)
    throw new AppError('invalid', 'Something in the form is not right yet.', {
      issues: [{ path: 'statement', message: checked.error.issues[0]?.message ?? 'Say what you found.' }],
    });
  const { agent, version } = await subjectOf(actor, input.agent, input.version);
  const since = await sinceLast(agent.id, version);
  const stands = input.finding === 'stands';
  const changed =
    since.last === null
      ? 'the first review of it'
      : `${since.changes.length === 0 ? 'nothing has' : `${plural(since.changes.length, 'clause')} ${since.changes.length === 1 ? 'has' : 'have'}`} changed since v${since.last.version.label}`;
  const summary = `${stands ? 'The risk profile stands' : 'The risk profile needs a change'} (${changed}).`;
  const { thresholds, aggregate, audience, categories, actions } = version.contract.risk;
  const recorded = await transact((client) =>
    recordEvidence(client, actor, {
      agentId: agent.id,
      contractVersionId: version.id,
      kind: 'risk-review',
      title: 'Risk profile review',
      outcome: stands ? 'passed' : 'failed',
      summary,
      clause: 'risk',
      detail: {
        finding: input.finding,
        statement: checked.data,
        since: since.last,
        changes: since.changes,
        profile: { thresholds, aggregate, audience, categories, actions },
      },
      producedAt: new Date(),
      origin: 'reported',
    }),
  );
  return { ...recorded, summary };
}

async function sinceLast(agentId: string, version: SubjectVersion): Promise<Omit<RiskSince, 'agent'>> {
  const { rows } = await db().query<{ at: Date; by: string | null; number: number; document: unknown }>(
    `SELECT e.produced_at AS at, p.name AS by, v.number, v.document
       FROM evidence e JOIN contract_version v ON v.id = e.contract_version_id
       LEFT JOIN person p ON p.id = e.produced_by_id
      WHERE e.agent_id = $1 AND e.kind = 'risk-review' AND e.outcome = 'passed'
      ORDER BY e.produced_at DESC, e.id DESC LIMIT 1`,
    [agentId],
  );
  const row = rows[0];
  const about = { version: { id: version.id, number: version.number, label: version.label } };
  if (row === undefined) return { ...about, last: null, changes: [] };
  const before = readStored(row.document);
  return {
    ...about,
    last: {
      at: row.at.toISOString(),
      by: row.by,
      version: { number: row.number, label: before.versioning.contract },
    },
    changes: diffContracts(before, version.contract)
      .filter(({ clause }) => clause === 'risk' || clause.startsWith('risk/'))
      .map(({ clause, kind, before: was, after, direction }) => ({
        clause,
        kind,
        before: was ?? null,
        after: after ?? null,
        direction,
      })),
  };
}
