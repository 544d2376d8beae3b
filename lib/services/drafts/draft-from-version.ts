import { parse, stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { applyEdits } from '@/lib/contract/edit-source';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { getContract } from '@/lib/services/contracts/get-contract';
import { createDraft } from './create-draft';

/**
 * A draft of the next version, with the text of a version there is (the one in force unless a number is given; of an
 * agent without a contract of its own: `conflict`). It is called by the next label: a label names one document.
 */
export async function draftFromVersion(
  actor: Actor,
  input: { agent: string; number?: number | undefined },
): Promise<{ id: string; revision: number }> {
  authorize(actor, 'draft.write', { workspaceId: actor.workspaceId });
  const detail = await getContract(actor, input.agent, input.number);
  if (detail.inherited)
    throw new AppError(
      'conflict',
      `${input.agent} has no contract of its own yet. Start one from a template, from YAML or from what it did.`,
    );
  const { rows } = await db().query<{ agentId: string | null }>(
    'SELECT agent_id AS "agentId" FROM contract_version WHERE workspace_id = $1 AND id = $2',
    [actor.workspaceId, detail.version.id],
  );
  const text = asYaml(detail.source, detail.sourceFormat);
  const labels = detail.versions.map((version) => version.label);
  return createDraft(actor, {
    subject: detail.agent === null ? 'defaults' : 'agent',
    agentId: rows[0]?.agentId ?? null,
    source: applyEdits(text, [
      { op: 'set', path: ['versioning', 'contract'], value: nextLabel(detail.version.label, labels) },
    ]),
    origin: 'version',
    baseVersionId: detail.version.id,
  });
}

/** The text of a version as drafts are written. */
export function asYaml(source: string, format: string): string {
  return format === 'yaml'
    ? source
    : stringify(parse(source), { lineWidth: 0, aliasDuplicateObjects: false });
}

/** The next name after one that no version has yet: 1.3 → 1.4, 7 → 8, spring → spring 2. */
export function nextLabel(label: string, taken: readonly string[]): string {
  const [, head = '', tail] = /^(.*?)(\d+)?$/.exec(label) ?? [];
  for (let number = Number(tail ?? 1) + 1; ; number += 1) {
    const next = tail === undefined ? `${label} ${number}` : `${head}${number}`;
    if (!taken.includes(next)) return next;
  }
}
