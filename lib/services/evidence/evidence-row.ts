/** A piece of evidence as lists show it: all but its figures. Plain JSON. */
export interface EvidenceSummary {
  id: string;
  /** A kind of lib/lifecycle/evidence-kinds.ts. */
  kind: string;
  title: string;
  outcome: 'passed' | 'failed' | 'given';
  /** One sentence a signer reads. */
  summary: string;
  clause: string | null;
  /** SHA-256, hex: of the file, else see lib/evidence/evidence-digest.ts. */
  digest: string;
  /** ISO; freshness counts from here. */
  producedAt: string;
  /** Who brought it; null when the product or a key did. */
  producedBy: { id: string; name: string } | null;
  origin: 'computed' | 'attached' | 'reported';
  url: string | null;
  /** `size` in bytes. */
  file: { name: string; mediaType: string; size: number } | null;
  /** The version it speaks of; null where it speaks of the agent. */
  version: { id: string; number: number; label: string; digest: string } | null;
}

/** Columns of EvidenceSummary from `evidence e` with `EVIDENCE_JOINS`. */
export const EVIDENCE_COLUMNS = `e.id, e.kind, e.title, e.outcome, e.summary, e.clause, e.digest, e.origin, e.url,
  to_char(e.produced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "producedAt",
  CASE WHEN p.id IS NULL THEN NULL ELSE json_build_object('id', p.id, 'name', p.name) END AS "producedBy",
  CASE WHEN e.file_name IS NULL THEN NULL ELSE
    json_build_object('name', e.file_name, 'mediaType', e.media_type, 'size', e.file_size) END AS file,
  CASE WHEN v.id IS NULL THEN NULL ELSE json_build_object('id', v.id, 'number', v.number, 'digest', v.digest,
    'label', coalesce(v.document #>> '{versioning,contract}', v.number::text)) END AS version`;

export const EVIDENCE_JOINS = `LEFT JOIN person p ON p.id = e.produced_by_id
  LEFT JOIN contract_version v ON v.id = e.contract_version_id`;
