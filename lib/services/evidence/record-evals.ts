import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';
import { PASS_RATE } from '@/lib/lifecycle/evals/eval-results';
import {
  evalsDetailSchema,
  type JudgedCriterion,
  type JudgedEvals,
  judgeEvals,
} from '@/lib/lifecycle/evals/judge-evals';
import { readResults } from '@/lib/lifecycle/evals/read-results';
import { CLOCK_TOLERANCE_MS } from '@/lib/lifecycle/standing';
import { recordSignals } from '@/lib/services/signals/record-signals';
import type { SignalInput } from '@/lib/services/signals/signal-input';
import { subjectOf } from './evidence-subject';
import { recordEvidence } from './record-evidence';

export interface RecordedEvals extends JudgedEvals {
  id: string;
  digest: string;
  agent: string;
  version: { number: number; label: string };
}

/**
 * Eval results, in any of the known formats, held against the quality criteria of a version and stored as evidence. The file
 * itself is not kept, since it holds what the agent was asked and said; its digest is.
 *
 * Throws `not_found` for the agent or version, `invalid` with where the first fault of the file is.
 */
export async function recordEvals(
  actor: Actor,
  input: {
    agent: string;
    /** A number or a digest; left out: the newest. */
    version?: number | string | undefined;
    bytes: Uint8Array;
    fileName?: string | null;
  },
  now = new Date(),
): Promise<RecordedEvals> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const { agent, version } = await subjectOf(actor, input.agent, input.version);
  authorize(actor, 'evidence.add', { workspaceId, agentId: agent.id });
  const results = readResults(input.bytes);
  if (results.ranAt !== null && results.ranAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS)
    throw new AppError(
      'invalid',
      `These results say they are from the future (${results.ranAt.toISOString()}). Set the clock of the machine that ran them right.`,
    );
  const file = {
    name: input.fileName ?? null,
    size: input.bytes.byteLength,
    digest: sha256Hex(input.bytes),
  };
  return transact(async (client) => {
    // What counts for criteria that are not in this file must not change meanwhile.
    await client.query('SELECT 1 FROM agent WHERE id = $1 FOR NO KEY UPDATE', [agent.id]);
    const judged = judgeEvals(
      version.contract,
      results,
      file,
      await earlierResults(client, agent.id, version.id),
      now,
    );
    const recorded = await recordEvidence(client, actor, {
      agentId: agent.id,
      contractVersionId: version.id,
      kind: 'evals',
      title: results.tool === null ? 'Eval results' : `Eval results of ${results.tool}`,
      outcome: judged.outcome,
      summary: judged.summary,
      clause: judged.clause,
      detail: judged.detail,
      producedAt: results.ranAt ?? now,
      origin: 'reported',
    });
    await recordSignals(
      client,
      { kind: 'system', workspaceId },
      signalsOf(judged, agent.id, file.digest, results.ranAt ?? now),
      { source: 'file', now },
    );
    return {
      ...judged,
      ...recorded,
      agent: agent.name,
      version: { number: version.number, label: version.label },
    };
  });
}

/**
 * The same as signals, a suite for each criterion and each name that no criterion takes: what the criterion is held against
 * from then on. Each goes by the file, so that sending it again adds nothing.
 */
function signalsOf({ detail }: JudgedEvals, agentId: string, digest: string, at: Date): SignalInput[] {
  const suite = (metric: string, value: number, samples: number, unit: string | null): SignalInput => ({
    agentId,
    family: 'eval',
    metric,
    value,
    unit,
    samples,
    isSuite: true,
    at,
    externalId: `${digest.slice(0, 40)}:${metric}`.slice(0, 200),
  });
  return [
    ...detail.criteria.flatMap(({ earlier, id, value, samples, unit }) =>
      earlier || value === null ? [] : [suite(id, value, samples, unit)],
    ),
    ...detail.unbound
      .filter(({ name }) => name !== PASS_RATE)
      .map(({ name, value, samples }) => suite(name, value, samples, null)),
  ];
}

async function earlierResults(
  client: PoolClient,
  agentId: string,
  versionId: string,
): Promise<JudgedCriterion[]> {
  const { rows } = await client.query<{ detail: unknown }>(
    `SELECT detail FROM evidence WHERE agent_id = $1 AND contract_version_id = $2 AND kind = 'evals'
      ORDER BY produced_at DESC, id DESC LIMIT 1`,
    [agentId, versionId],
  );
  return evalsDetailSchema.safeParse(rows[0]?.detail).data?.criteria ?? [];
}
