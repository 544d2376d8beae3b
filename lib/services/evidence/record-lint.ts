import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { isClean } from '@/lib/contract/lint';
import { transact } from '@/lib/db/pool';
import { plural } from '@/lib/format';
import { lintContract } from '@/lib/services/contracts/lint-contract';
import { subjectOf } from './evidence-subject';
import { recordEvidence } from './record-evidence';

/**
 * Lints a version as it stands today, knowing the workspace's people and versions, and stores what was found as evidence of
 * kind `lint`: passed when there is no error and no warning. Throws `not_found`.
 */
export async function recordLint(
  actor: Actor,
  input: { agent: string; version?: number | string | undefined },
): Promise<{ id: string; digest: string; outcome: 'passed' | 'failed'; summary: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const { agent, version } = await subjectOf(actor, input.agent, input.version);
  const findings = await lintContract(actor, version.contract);
  const failing = findings.filter(({ level }) => level !== 'note');
  const [first] = failing;
  const outcome = isClean(findings) ? 'passed' : 'failed';
  const notes = findings.length - failing.length;
  const summary =
    first === undefined
      ? `Clean: no error and no warning${notes === 0 ? '' : `, ${plural(notes, 'note')}`}.`
      : `${plural(failing.length, 'finding')} to mend. First: ${first.message} (${first.clause})`;
  const recorded = await transact((client) =>
    recordEvidence(client, actor, {
      agentId: agent.id,
      contractVersionId: version.id,
      kind: 'lint',
      title: 'Contract lint',
      outcome,
      summary,
      clause: first?.clause,
      detail: {
        findings: findings.map(({ level, rule, clause, message, why }) => ({
          level,
          rule,
          clause,
          message,
          why,
        })),
      },
      producedAt: new Date(),
      origin: 'computed',
    }),
  );
  return { ...recorded, outcome, summary };
}
