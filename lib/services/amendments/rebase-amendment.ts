import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { applyEdits } from '@/lib/contract/edit-source';
import { type Conflict, changedClauses, mergeDrafts, type Side } from '@/lib/contract/merge-drafts';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { createDraftIn } from '@/lib/services/drafts/create-draft';
import { asYaml, nextLabel } from '@/lib/services/drafts/draft-from-version';
import { authorOf } from '@/lib/services/drafts/draft-row';
import { newerThanBase } from '@/lib/services/gates/amendment-facts';
import { closeReview, whatIsSigned } from '@/lib/services/gates/close-review';
import type { AgentFacts, VersionFact } from '@/lib/services/gates/facts';
import { clockAfter, lockAgent } from '@/lib/services/gates/find-review';
import { type AmendmentRow, inAudit, lockAmendment, refuseEnded } from './rows';
import { labelsOfDrafts } from './start-amendment';

/** Brought up to the version in force, or which clauses both changed. */
export type Rebased =
  | { status: 'rebased'; onto: string; draftId: string }
  | { status: 'clash'; onto: string; conflicts: Conflict[] };

/**
 * Brings an amendment up to the version that came into force meanwhile: what only one of the two changed is taken from it,
 * clause by clause. What both changed differently is refused and named, unless `keep` says for each which holds: `mine` the
 * amendment's, `theirs` that in force. What was submitted becomes a draft again; signatures so far count for it no more. Throws
 * `conflict` for an amendment that is up to date, or over.
 */
export async function rebaseAmendment(
  actor: Actor,
  input: { number: number; keep?: Readonly<Record<string, Side>> | undefined },
): Promise<Rebased> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.write', { workspaceId });
  return transact(async (client) => {
    const row = await lockAmendment(client, workspaceId, input.number);
    refuseEnded(row);
    const { agent } = await lockAgent(client, workspaceId, row.agent);
    const newer = newerThanBase(agent, row);
    if (newer === null)
      throw new AppError('conflict', `AMD-${row.number} is up to date: no later version is in force.`);
    // What somebody writes at this moment is in the text that is brought up, or is refused after.
    await client.query('SELECT FROM contract_draft WHERE id = $1 FOR UPDATE', [row.draftId]);
    const texts = await textsOf(client, row, newer.id, agent);
    const { source, conflicts } = mergeDrafts(texts, new Map(Object.entries(input.keep ?? {})));
    if (conflicts.length > 0) return { status: 'clash', onto: newer.label, conflicts };
    const draftId = await keepText(client, actor, row, newer, source);
    if (row.versionId !== null) await endReviews(client, actor, row, agent, newer);
    await client.query(
      `UPDATE amendment SET state = 'drafting', draft_id = $2, base_version_id = $3, submitted_version_id = NULL,
         replaced_version_ids = array_remove(replaced_version_ids || submitted_version_id, NULL), submitted_at = NULL WHERE id = $1`,
      [row.id, draftId, newer.id],
    );
    const base = agent.versions.find((each) => each.id === row.baseId);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'amendment.rebased',
        subject: `amendment:${row.id}`,
        detail: {
          ...inAudit(row),
          from: base?.label,
          to: newer.label,
          ...(input.keep === undefined ? {} : { kept: input.keep }),
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'amendment', id: row.id });
    return { status: 'rebased', onto: newer.label, draftId };
  });
}

/** The three texts, all under one new name: that each calls itself something else is nothing to clash about. */
async function textsOf(
  client: PoolClient,
  row: AmendmentRow,
  ontoId: string,
  agent: AgentFacts,
): Promise<{ base: string; mine: string; theirs: string }> {
  const { rows } = await client.query<{ id: string; source: string; format: string }>(
    `SELECT id, source, source_format AS format FROM contract_version WHERE id = ANY($1::uuid[])
     UNION ALL SELECT id, source, 'yaml' FROM contract_draft WHERE id = $2`,
    [[row.baseId, ontoId], row.draftId],
  );
  const onto = agent.versions.find((each) => each.id === ontoId);
  const label = nextLabel(onto?.label ?? '1', [
    ...agent.versions.map((each) => each.label),
    ...(row.versionId === null ? [] : await labelsOfDrafts(client, row.agentId)),
  ]);
  const text = (id: string | null) => {
    const found = rows.find((each) => each.id === id);
    if (found === undefined)
      throw new AppError('not_found', 'The text of the amendment is not there any more.');
    return applyEdits(asYaml(found.source, found.format), [
      { op: 'set', path: ['versioning', 'contract'], value: label },
    ]);
  };
  return { base: text(row.baseId), mine: text(row.draftId), theirs: text(ontoId) };
}

/** The merged text: as the draft's next revision, or as a new draft that has the submitted one's history. */
async function keepText(
  client: PoolClient,
  actor: Actor,
  row: AmendmentRow,
  onto: VersionFact,
  source: string,
): Promise<string> {
  const { workspaceId } = actor;
  let draftId = row.draftId ?? '';
  if (row.versionId !== null) {
    const { id } = await createDraftIn(client, actor, {
      subject: 'agent',
      agentId: row.agentId,
      source,
      origin: 'version',
      baseVersionId: onto.id,
    });
    // Who wrote the earlier text wrote this one too: that decides who may sign it.
    await client.query('DELETE FROM draft_revision WHERE draft_id = $1', [id]);
    await client.query(
      `INSERT INTO draft_revision (draft_id, revision, source, clauses, author_id, at)
       SELECT $2, revision, source, clauses, author_id, at FROM draft_revision WHERE draft_id = $1`,
      [row.draftId, id],
    );
    draftId = id;
  }
  const before = await client.query<{ source: string; revision: number }>(
    `SELECT source, revision FROM draft_revision WHERE draft_id = $1 ORDER BY revision DESC LIMIT 1`,
    [draftId],
  );
  const last = before.rows[0];
  const revision = (last?.revision ?? 0) + 1;
  await client.query(
    `UPDATE contract_draft SET source = $2, revision = $3, base_version_id = $4, updated_by_id = $5, updated_at = now()
      WHERE id = $1`,
    [draftId, source, revision, onto.id, authorOf(actor)],
  );
  await client.query(
    'INSERT INTO draft_revision (draft_id, revision, source, clauses, author_id) VALUES ($1, $2, $3, $4, $5)',
    [draftId, revision, source, changedClauses(last?.source ?? '', source).slice(0, 200), authorOf(actor)],
  );
  await notify(client, { workspaceId, topic: 'draft', id: draftId });
  return draftId;
}

/** Reviews of the text as it was end; what was signed stays on the record and counts for it no more. */
async function endReviews(
  client: PoolClient,
  actor: Actor,
  row: AmendmentRow,
  agent: AgentFacts,
  onto: VersionFact,
): Promise<void> {
  for (const review of agent.reviews)
    if (review.state === 'open' && review.versionId === row.versionId)
      await closeReview(client, actor, agent, review, {
        state: 'superseded',
        at: clockAfter(agent, new Date()),
        reason: `AMD-${row.number} is brought up to v${onto.label}, which came into force.`,
        told: `${review.gate} of ${whatIsSigned(agent, review.versionId)} closed: AMD-${row.number} is brought up to v${onto.label}`,
      });
}
