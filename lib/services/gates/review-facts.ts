import { SIGNING_METHODS, type SigningMethod } from '@/lib/evidence/statement';
import { type GateId, isGateId, SIGNING_ROLES, type SigningRole } from '@/lib/lifecycle/gates';
import { type PersonDto, REVIEW_STATES, type ReviewState, type SignatureDto } from './dto';
import { grouped, type Queries } from './rows';

/** A passage of a gate as it is stored; times in ms since 1970. */
export interface ReviewFact {
  id: string;
  gate: GateId;
  versionId: string | null;
  subjectDigest: string;
  state: ReviewState;
  roles: SigningRole[];
  openedAt: number;
  openedBy: PersonDto | null;
  message: string | null;
  expiresAt: number;
  remindedAt: number | null;
  closedAt: number | null;
  closedBy: PersonDto | null;
  closeReason: string | null;
  closeClause: string | null;
  /** Oldest first. */
  signatures: SignatureDto[];
}

interface ReviewRecord {
  id: string;
  agentId: string;
  gate: string;
  versionId: string | null;
  subjectDigest: string;
  state: string;
  roles: string[];
  openedAt: Date;
  openedBy: PersonDto | null;
  message: string | null;
  expiresAt: Date;
  remindedAt: Date | null;
  closedAt: Date | null;
  closedBy: PersonDto | null;
  closeReason: string | null;
  closeClause: string | null;
}

/** By agent, the newest first. */
export async function reviewFacts(
  client: Queries,
  workspaceId: string,
  agentIds: string[] | null,
): Promise<Map<string, ReviewFact[]>> {
  const reviews = await client.query<ReviewRecord>(
    `SELECT r.id, r.agent_id AS "agentId", r.gate, r.contract_version_id AS "versionId",
            r.subject_digest AS "subjectDigest", r.state, r.roles, r.opened_at AS "openedAt", r.message,
            r.expires_at AS "expiresAt", r.reminded_at AS "remindedAt", r.closed_at AS "closedAt",
            r.close_reason AS "closeReason", r.close_clause AS "closeClause",
            CASE WHEN o.id IS NULL THEN NULL ELSE json_build_object('id', o.id, 'name', o.name) END AS "openedBy",
            CASE WHEN c.id IS NULL THEN NULL ELSE json_build_object('id', c.id, 'name', c.name) END AS "closedBy"
       FROM gate_review r LEFT JOIN person o ON o.id = r.opened_by_id LEFT JOIN person c ON c.id = r.closed_by_id
      WHERE r.workspace_id = $1 AND ($2::uuid[] IS NULL OR r.agent_id = ANY($2))
      ORDER BY r.opened_at DESC, r.id DESC`,
    [workspaceId, agentIds],
  );
  const signatures = await signaturesOf(
    client,
    workspaceId,
    reviews.rows.map((review) => review.id),
  );
  return grouped(reviews.rows, ({ agentId, gate, state, roles, ...review }) => [
    agentId,
    {
      ...review,
      gate: isGateId(gate) ? gate : 'G1',
      state: REVIEW_STATES.find((each) => each === state) ?? 'superseded',
      roles: roles.flatMap((role) => signingRole(role) ?? []),
      openedAt: review.openedAt.getTime(),
      expiresAt: review.expiresAt.getTime(),
      remindedAt: review.remindedAt?.getTime() ?? null,
      closedAt: review.closedAt?.getTime() ?? null,
      signatures: signatures.get(review.id) ?? [],
    },
  ]);
}

/** By review, the oldest first. */
async function signaturesOf(
  client: Queries,
  workspaceId: string,
  reviewIds: string[],
): Promise<Map<string, SignatureDto[]>> {
  if (reviewIds.length === 0) return new Map();
  const { rows } = await client.query<SignatureRecord & { reviewId: string }>(
    `SELECT s.gate_review_id AS "reviewId", ${SIGNATURE_COLUMNS} FROM signature s ${SIGNATURE_JOINS}
      WHERE s.workspace_id = $1 AND s.gate_review_id = ANY($2::uuid[]) ORDER BY s.signed_at, s.id`,
    [workspaceId, reviewIds],
  );
  return grouped(rows, ({ reviewId, ...signature }) => [reviewId, signatureDto(signature)]);
}

export interface SignatureRecord {
  id: string;
  role: string;
  person: PersonDto;
  onBehalfOf: PersonDto | null;
  meaning: string;
  note: string | null;
  method: string;
  signedAt: Date;
  statementDigest: string;
}

/** Columns of SignatureRecord from `signature s` with `SIGNATURE_JOINS`. */
export const SIGNATURE_COLUMNS = `s.id, s.role, json_build_object('id', sp.id, 'name', sp.name) AS person,
  CASE WHEN sf.id IS NULL THEN NULL ELSE json_build_object('id', sf.id, 'name', sf.name) END AS "onBehalfOf",
  s.meaning, s.note, s.method, s.signed_at AS "signedAt", s.statement_digest AS "statementDigest"`;
export const SIGNATURE_JOINS = `JOIN person sp ON sp.id = s.person_id
  LEFT JOIN delegation sd ON sd.id = s.delegation_id LEFT JOIN person sf ON sf.id = sd.from_id`;

export function signatureDto({ role, method, signedAt, ...signature }: SignatureRecord): SignatureDto {
  return {
    ...signature,
    role: signingRole(role) ?? 'sponsor',
    method: methodOf(method),
    signedAt: signedAt.toISOString(),
  };
}

function methodOf(text: string): SigningMethod {
  return SIGNING_METHODS.find((method) => method === text) ?? 'password';
}

function signingRole(text: string): SigningRole | undefined {
  return SIGNING_ROLES.find((role) => role === text);
}
