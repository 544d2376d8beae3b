import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { isClean, type LintFinding } from '@/lib/contract/lint';
import type { SourceFormat } from '@/lib/contract/parse';
import { db } from '@/lib/db/pool';
import type { Issue } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { lintContract } from './lint-contract';
import { parseText } from './parse-text';

export type LintedText =
  | { ok: false; issues: Issue[] }
  | { ok: true; agent: string; digest: string; clean: boolean; findings: LintFinding[] };

/** What lint finds in a text, knowing this workspace's defaults, people and versions; stores nothing. Faults are an answer. */
export async function lintText(
  actor: Actor,
  text: { source: string; format: SourceFormat },
): Promise<LintedText> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const { parsed } = await parseText(db(), workspaceId, text);
  if (!parsed.ok) return parsed;
  const findings = await lintContract(actor, parsed.contract);
  return {
    ok: true,
    agent: parsed.contract.identity.agent,
    digest: digestOf(parsed.contract),
    clean: isClean(findings),
    findings,
  };
}
