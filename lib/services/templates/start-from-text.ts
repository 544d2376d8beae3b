import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readText, type SourceFormat } from '@/lib/contract/parse';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { createDraft } from '@/lib/services/drafts/create-draft';

/**
 * A draft of a text that was pasted or chosen. It need not be a whole contract yet, only well-formed: faults of the
 * contract are for the draft. JSON becomes YAML. Throws `invalid_contract` with what cannot be read.
 */
export async function startFromText(
  actor: Actor,
  input: { source: string; format: SourceFormat; origin: 'import' | 'code' },
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.write', { workspaceId });
  const { source, agent } = asYaml(input.source, input.format);
  const isDefaults = agent === DEFAULTS_AGENT;
  return createDraft(actor, {
    subject: isDefaults ? 'defaults' : 'agent',
    agentId: isDefaults || agent === null ? null : await agentIdOf(workspaceId, agent),
    source,
    origin: input.origin,
  });
}

/** The text as YAML, and the agent it names as far as it does. Throws `invalid_contract` when it is not well-formed. */
export function asYaml(source: string, format: SourceFormat): { source: string; agent: string | null } {
  const read = readText(source, format);
  if (!read.ok)
    throw new AppError('invalid_contract', 'This text cannot be read as a contract.', {
      issues: read.issues,
    });
  return {
    source:
      format === 'json'
        ? stringify(read.document, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' })
        : source,
    agent: agentNamed(read.document),
  };
}

function agentNamed(document: unknown): string | null {
  if (typeof document !== 'object' || document === null || !('identity' in document)) return null;
  const { identity } = document;
  if (typeof identity !== 'object' || identity === null || !('agent' in identity)) return null;
  return typeof identity.agent === 'string' ? identity.agent : null;
}

async function agentIdOf(workspaceId: string, name: string): Promise<string | null> {
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2',
    [workspaceId, name],
  );
  return rows[0]?.id ?? null;
}
