import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readText } from '@/lib/contract/parse';
import { db } from '@/lib/db/pool';
import { type CommentSubject, findSubject } from '@/lib/services/comments/subject';

/** Somebody the contract names, or who has read it. */
export interface Reader {
  name: string;
  /** What they are to this contract: "sponsor", "GRC"; empty for others. */
  parts: string[];
  /** When they last had it before them, ISO 8601; null: not yet. */
  readAt: string | null;
  /** Of a draft: it has changed since. */
  outdated: boolean;
}

/** The owners a contract names, as one reads them. */
const PARTS = {
  sponsor: 'sponsor',
  engineeringLead: 'engineering lead',
  qa: 'QA',
  grc: 'GRC',
  operator: 'operator',
  sre: 'SRE',
} as const;

const ownersSchema = z.object({ ownership: z.record(z.string(), z.unknown()) });

/** Who has read a draft or version, and which of its owners have not; owners first, in the order a contract names them. */
export async function listReadings(actor: Actor, about: CommentSubject): Promise<Reader[]> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  await findSubject(db(), workspaceId, about);
  const [text, readings] = await Promise.all([
    db().query<{ document: unknown; source: string | null; revision: number }>(
      about.kind === 'draft'
        ? `SELECT NULL::jsonb AS document, source, revision FROM contract_draft WHERE workspace_id = $1 AND id = $2`
        : `SELECT document, NULL::text AS source, 0 AS revision FROM contract_version WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, about.id],
    ),
    db().query<{ personId: string; name: string; email: string; revision: number; lastAt: Date }>(
      `SELECT r.person_id AS "personId", p.name, p.email, r.revision, r.last_at AS "lastAt"
         FROM contract_reading r JOIN person p ON p.id = r.person_id
        WHERE r.workspace_id = $1 AND r.subject_id = $2 ORDER BY r.last_at DESC LIMIT 200`,
      [workspaceId, about.id],
    ),
  ]);
  const row = text.rows[0];
  const document = row === undefined || row.source === null ? row?.document : documentOf(row.source);
  const owners = ownersOf(document);
  const { rows: people } = await db().query<{ name: string; email: string }>(
    `SELECT p.name, p.email FROM person p JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      WHERE p.email = ANY($2)`,
    [workspaceId, [...owners.keys()]],
  );
  const names = new Map(people.map((person) => [person.email, person.name]));
  const read = new Map(readings.rows.map((reading) => [reading.email, reading]));
  const reader = (email: string, name: string, parts: string[]): Reader => {
    const reading = read.get(email);
    return {
      name,
      parts,
      readAt: reading?.lastAt.toISOString() ?? null,
      outdated: reading !== undefined && reading.revision < (row?.revision ?? 0),
    };
  };
  return [
    ...[...owners].map(([email, parts]) => reader(email, names.get(email) ?? email, parts)),
    ...readings.rows
      .filter((reading) => !owners.has(reading.email))
      .map((reading) => reader(reading.email, reading.name, [])),
  ];
}

/** What a draft says so far; it need not be a contract yet. */
function documentOf(source: string): unknown {
  const read = readText(source, 'yaml');
  return read.ok ? read.document : undefined;
}

/** Parts by lower-case e-mail address, in the order of PARTS. */
function ownersOf(document: unknown): Map<string, string[]> {
  const read = ownersSchema.safeParse(document);
  const owners = new Map<string, string[]>();
  if (!read.success) return owners;
  for (const [key, part] of Object.entries(PARTS)) {
    const email = read.data.ownership[key];
    if (typeof email !== 'string' || email === '') continue;
    const known = owners.get(email.toLowerCase()) ?? [];
    owners.set(email.toLowerCase(), [...known, part]);
  }
  return owners;
}
