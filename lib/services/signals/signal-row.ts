import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';
import type { SqlValues } from '@/lib/db/sql-values';
import { SIGNAL_FAMILIES, type SignalFamily } from '@/lib/scoring/criteria';

/** A signal as lists show it. */
export interface SignalRow {
  id: string;
  family: SignalFamily;
  metric: string;
  value: number;
  unit: string | null;
  samples: number;
  isSuite: boolean;
  at: string;
  receivedAt: string;
  source: string;
  externalId: string | null;
  label: string | null;
  note: string | null;
  /** Who rated, of reviews. */
  person: string | null;
  /** Null while nobody of this name has been heard of; `name` as it was sent. */
  agent: { name: string; displayName: string; known: boolean } | null;
  /** Null: it is of no single run. `id` null while that run has not been heard of. */
  run: { id: string | null; key: string } | null;
  /** It was corrected by another. */
  superseded: boolean;
  /** It names a run that is another agent's, and counts for nobody. */
  stray: boolean;
}

export const SIGNAL_COLUMNS = `s.id, s.family, s.metric, s.value, s.unit, s.samples, s.is_suite, s.at, s.received_at, s.source,
  s.external_id, s.label, s.note, s.agent_name AS said_agent, s.run_key AS said_run, s.superseded_by IS NOT NULL AS superseded, s.stray,
  a.name AS agent, a.display_name, r.id AS run_id, r.key AS run, p.name AS person`;
export const SIGNAL_FROM = `signal s LEFT JOIN agent a ON a.id = s.agent_id LEFT JOIN run r ON r.id = s.run_id
  LEFT JOIN person p ON p.id = s.person_id`;

/** Which signals a reader may see: not what others said of a run that waits for the reader's own rating. */
export function seenBy(actor: Actor, values: SqlValues): string {
  if (actor.kind !== 'person' || !can(actor, 'expert-review.rate', { workspaceId: actor.workspaceId }))
    return 'true';
  const person = values.add(actor.personId);
  return `(s.source <> 'review' OR s.person_id = ${person} OR NOT EXISTS (
    SELECT FROM run_review q WHERE q.run_id = s.run_id AND q.state = 'waiting'
      AND NOT EXISTS (SELECT FROM run_rating g WHERE g.review_id = q.id AND g.person_id = ${person})
      AND NOT EXISTS (SELECT FROM run_review_skip k WHERE k.review_id = q.id AND k.person_id = ${person})))`;
}

const recordSchema = z.object({
  id: z.string(),
  family: z.enum(SIGNAL_FAMILIES),
  metric: z.string(),
  value: z.number(),
  unit: z.string().nullable(),
  samples: z.number(),
  is_suite: z.boolean(),
  at: z.date(),
  received_at: z.date(),
  source: z.string(),
  external_id: z.string().nullable(),
  label: z.string().nullable(),
  note: z.string().nullable(),
  said_agent: z.string().nullable(),
  said_run: z.string().nullable(),
  superseded: z.boolean(),
  stray: z.boolean(),
  agent: z.string().nullable(),
  display_name: z.string().nullable(),
  run_id: z.string().nullable(),
  run: z.string().nullable(),
  person: z.string().nullable(),
});

/** Rows of `SELECT ${SIGNAL_COLUMNS} FROM ${SIGNAL_FROM}`. */
export function toSignalRows(rows: readonly unknown[]): SignalRow[] {
  return z
    .array(recordSchema)
    .parse(rows)
    .map((row) => ({
      id: row.id,
      family: row.family,
      metric: row.metric,
      value: row.value,
      unit: row.unit,
      samples: row.samples,
      isSuite: row.is_suite,
      at: row.at.toISOString(),
      receivedAt: row.received_at.toISOString(),
      source: row.source,
      externalId: row.external_id,
      label: row.label,
      note: row.note,
      person: row.person,
      agent:
        row.agent !== null
          ? { name: row.agent, displayName: row.display_name ?? row.agent, known: true }
          : row.said_agent === null
            ? null
            : { name: row.said_agent, displayName: row.said_agent, known: false },
      run:
        row.run !== null
          ? { id: row.run_id, key: row.run }
          : row.said_run === null
            ? null
            : { id: null, key: row.said_run },
      superseded: row.superseded,
      stray: row.stray,
    }));
}
