import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';

/** A version that evidence speaks of. */
export interface SubjectVersion {
  id: string;
  number: number;
  /** What its authors call it, e.g. "1.3". */
  label: string;
  digest: string;
  contract: Contract;
}

/**
 * An agent by name and a version of its own contract: by number or digest, else the newest. Throws `not_found`, also when
 * the agent has no contract of its own yet.
 */
export async function subjectOf(
  actor: Actor,
  name: string,
  version?: number | string,
): Promise<{ agent: FoundAgent; version: SubjectVersion }> {
  const agent = await findAgent(actor, name);
  const { rows } = await db().query<Omit<SubjectVersion, 'contract' | 'label'> & { document: unknown }>(
    `SELECT id, number, digest, document FROM contract_version
      WHERE workspace_id = $1 AND agent_id = $2 AND ($3::int IS NULL OR number = $3) AND ($4::text IS NULL OR digest = $4)
      ORDER BY number DESC LIMIT 1`,
    [
      actor.workspaceId,
      agent.id,
      typeof version === 'number' ? version : null,
      typeof version === 'string' ? version : null,
    ],
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError(
      'not_found',
      version === undefined
        ? `${agent.displayName} has no contract of its own yet; evidence of this kind speaks of a version.`
        : `${agent.displayName} has no version ${String(version).slice(0, 64)} of its contract.`,
    );
  const { document, ...found } = row;
  const contract = readStored(document);
  return { agent, version: { ...found, contract, label: contract.versioning.contract } };
}

const versionText = z.union([
  z.literal('').transform(() => undefined),
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number),
  z.string().regex(/^[0-9a-f]{64}$/),
]);

/** A version as an address or form names it: a number, a digest, or nothing for the newest. Throws `invalid`. */
export function versionNamed(text: string | null | undefined): number | string | undefined {
  const parsed = versionText.safeParse(text ?? '');
  if (parsed.success) return parsed.data;
  throw new AppError('invalid', 'A version is named by its number or its digest.', {
    issues: [
      { path: 'version', message: 'This is not a version.', expected: 'a whole number, or 64 hex digits' },
    ],
  });
}
