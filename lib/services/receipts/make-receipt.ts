import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';
import { envelopeOf } from '@/lib/evidence/dsse';
import { contentDigest, RECEIPT_TYPE, type Receipt, receiptOf, receiptText } from '@/lib/evidence/receipt';
import { appendAudit } from '@/lib/services/audit/append';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { currentKey } from '@/lib/services/instance-keys/current-key';
import { signWithInstance } from '@/lib/services/instance-keys/sign';
import {
  breachesOf,
  callsOf,
  compensationsOf,
  decisionsOf,
  incidentsOf,
  modelsOf,
  RECEIPT_MADE,
  recordOf,
  signalsOf,
  signaturesOn,
} from './receipt-parts';

const runSchema = z.object({
  id: z.string(),
  key: z.string(),
  conversation: z.string().nullable(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  started_at: z.date(),
  ended_at: z.date(),
  paused_ms: z.number(),
  revision: z.int(),
  agent_id: z.string(),
  agent: z.string(),
  workspace: z.string(),
  version_id: z.string().nullable(),
  version_of_agent: z.boolean(),
  score: z.number().nullable(),
  risk_score: z.number().nullable(),
  quality_score: z.number().nullable(),
  cost_score: z.number().nullable(),
  score_coverage: z.number(),
  risk: z.number(),
  band: z.enum(['low', 'medium', 'high', 'critical']),
  cost_usd: z.number(),
  unpriced_calls: z.int(),
  reported_cost_usd: z.number().nullable(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  span_count: z.int(),
  model_calls: z.int(),
  tool_calls: z.int(),
  error_count: z.int(),
});
type Run = z.output<typeof runSchema>;

/**
 * Makes the receipt of a run that has ended: its record as it stands, signed by the instance, and its digest in the audit
 * log. Where nothing has changed since the last one, that one is answered and none is made.
 * Throws `not_found`, `conflict` while the run has not ended, `unavailable` when the instance cannot sign.
 */
export async function makeReceipt(
  actor: Actor,
  input: { runId: string },
): Promise<{ id: string; digest: string; made: boolean }> {
  const { workspaceId } = actor;
  authorize(actor, 'receipt.make', { workspaceId });
  const madeBy = actor.kind === 'person' ? { id: actor.personId, name: actor.name } : null;
  return transact(async (client) => {
    const run = await endedRun(client, workspaceId, input.runId);
    const id = newId();
    const madeAt = new Date();
    const receipt = await compose(client, run, {
      id,
      madeAt: madeAt.toISOString(),
      madeBy,
      workspace: { id: workspaceId, name: run.workspace },
    });
    const content = contentDigest(receipt);
    const { rows } = await client.query<{ id: string; digest: string }>(
      'SELECT id, digest FROM receipt WHERE run_id = $1 AND content_digest = $2',
      [run.id, content],
    );
    if (rows[0] !== undefined) return { ...rows[0], made: false };
    const payload = receiptText(receipt);
    const digest = sha256Hex(payload);
    const envelope = envelopeOf(RECEIPT_TYPE, payload, [
      await signWithInstance(client, RECEIPT_TYPE, payload),
    ]);
    await client.query(
      `INSERT INTO receipt (id, workspace_id, run_id, run_revision, digest, content_digest, envelope, made_at, made_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, workspaceId, run.id, run.revision, digest, content, envelope, madeAt, madeBy?.id ?? null],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: RECEIPT_MADE,
        subject: `run:${run.id}`,
        detail: { run: run.key, receipt: id, digest },
      },
    ]);
    await notify(client, { workspaceId, topic: 'run', id: run.id });
    return { id, digest, made: true };
  });
}

/** Locked, so that what arrives meanwhile waits and one receipt is made at a time. */
async function endedRun(client: PoolClient, workspaceId: string, runId: string): Promise<Run> {
  const missing = new AppError('not_found', 'There is no such run in this workspace.');
  if (!z.uuid().safeParse(runId).success) throw missing;
  const { rows } = await client.query(
    `SELECT r.id, r.key, r.conversation_id AS conversation, r.status, r.started_at, r.ended_at, r.paused_ms, r.revision,
            a.id AS agent_id, a.name AS agent, w.name AS workspace, r.contract_version_id AS version_id,
            coalesce((SELECT v.agent_id IS NOT NULL FROM contract_version v WHERE v.id = r.contract_version_id), false)
              AS version_of_agent,
            r.score, r.risk_score, r.quality_score, r.cost_score, r.score_coverage, r.risk, r.band, r.cost_usd,
            r.unpriced_calls, r.reported_cost_usd, r.input_tokens, r.output_tokens, r.span_count, r.model_calls,
            r.tool_calls, r.error_count
       FROM run r JOIN agent a ON a.id = r.agent_id JOIN workspace w ON w.id = r.workspace_id
      WHERE r.workspace_id = $1 AND r.id = $2 FOR NO KEY UPDATE OF r`,
    [workspaceId, runId],
  );
  if (rows[0] === undefined) throw missing;
  const run = runSchema.parse(rows[0]);
  if (run.status !== 'finished' && run.status !== 'stopped')
    throw new AppError(
      'conflict',
      run.status === 'paused'
        ? 'This run is paused: it gets a receipt when it has ended.'
        : 'This run has not ended yet: it gets a receipt then.',
    );
  return run;
}

async function compose(
  client: PoolClient,
  run: Run,
  head: Pick<Receipt, 'id' | 'madeAt' | 'madeBy' | 'workspace'>,
): Promise<Receipt> {
  const workspaceId = head.workspace.id;
  const version = run.version_id === null ? null : await contractVersion(run.version_id);
  const signatures =
    version === null
      ? []
      : await signaturesOn(client, workspaceId, { id: version.versionId, digest: version.digest });
  const incidents = await incidentsOf(client, run.id);
  const subjects = [`run:${run.id}`, ...incidents.map(({ id }) => `incident:${id}`)];
  return receiptOf({
    ...head,
    run: {
      id: run.id,
      key: run.key,
      conversation: run.conversation,
      status: run.status === 'stopped' ? 'stopped' : 'finished',
      startedAt: run.started_at.toISOString(),
      endedAt: run.ended_at.toISOString(),
      durationMs: Math.max(0, run.ended_at.getTime() - run.started_at.getTime() - run.paused_ms),
    },
    agent: { id: run.agent_id, name: run.agent },
    contract:
      version === null
        ? null
        : {
            digest: version.digest,
            number: version.number,
            name: version.contract.versioning.contract,
            ofAgent: run.version_of_agent,
          },
    signatures,
    score: {
      composite: run.score,
      risk: run.risk_score,
      quality: run.quality_score,
      cost: run.cost_score,
      coverage: run.score_coverage,
    },
    risk: { sum: run.risk, band: run.band },
    usage: {
      costUsd: run.cost_usd,
      unpricedCalls: run.unpriced_calls,
      reportedCostUsd: run.reported_cost_usd,
      inputTokens: run.input_tokens,
      outputTokens: run.output_tokens,
      spans: run.span_count,
      modelCalls: run.model_calls,
      toolCalls: run.tool_calls,
      errors: run.error_count,
    },
    models: await modelsOf(client, workspaceId, run.id),
    calls: await callsOf(client, workspaceId, run.id),
    decisions: await decisionsOf(client, workspaceId, run.id),
    breaches: await breachesOf(client, workspaceId, run.id),
    incidents: incidents.map(({ id: _, ...incident }) => incident),
    compensations: await compensationsOf(client, run.id),
    signals: await signalsOf(client, workspaceId, run.id),
    record: await recordOf(client, workspaceId, subjects),
    keys: await keysOf(client, signatures),
  });
}

/** The key in use, and those that countersigned the signatures. */
async function keysOf(client: PoolClient, signatures: Receipt['signatures']): Promise<Receipt['keys']> {
  const { id } = await currentKey(client);
  const { rows } = await client.query<Receipt['keys'][number]>(
    'SELECT id, public_key AS "publicKey" FROM instance_key WHERE id = ANY($1::text[]) ORDER BY id',
    [[id, ...signatures.flatMap(({ envelope }) => envelope.signatures.map(({ keyid }) => keyid))]],
  );
  return rows;
}
