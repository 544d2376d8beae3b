import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { type Conflict, changedClauses, mergeDrafts } from '@/lib/contract/merge-drafts';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { authorOf, type DraftRow, lockOpenDraft } from './draft-row';
import { keptText } from './draft-text';

export interface DraftChange {
  /** The revision the text was changed from. */
  revision: number;
  source: string;
}

export type Offered =
  | {
      status: 'kept';
      revision: number;
      source: string /** True when others' changes are in it too. */;
      merged: boolean;
    }
  | {
      status: 'conflict';
      /** Nothing was kept: this is what stands there now, and what both have changed. */
      revision: number;
      source: string;
      conflicts: Conflict[];
    };

/** Texts of a draft that a stale tab's change can still be merged from. */
const KEPT_REVISIONS = 500;
const MOST_CLAUSES = 200;

/**
 * A change of a draft's text, made on a revision that may no longer be the newest: what others changed meanwhile is
 * merged with it clause by clause. What both changed differently is never guessed: nothing is kept and the conflicts
 * are the answer.
 */
export async function offerChange(actor: Actor, id: string, change: DraftChange): Promise<Offered> {
  const mine = keptText(change.source);
  return transact(async (client) => {
    const draft = await lockOpenDraft(client, actor, id);
    if (change.revision > draft.revision)
      throw new AppError('invalid', `This draft is at revision ${draft.revision}, not ${change.revision}.`);
    if (mine === draft.source)
      return {
        status: 'kept',
        revision: draft.revision,
        source: mine,
        merged: change.revision < draft.revision,
      };
    if (change.revision === draft.revision) {
      const revision = await keep(client, actor, draft, mine);
      return { status: 'kept', revision, source: mine, merged: false };
    }
    const theirs = draft.source;
    const base = await sourceAt(client, draft, change.revision);
    const { source, conflicts } =
      base === undefined
        ? { source: theirs, conflicts: [{ clause: '', base: undefined, mine, theirs }] }
        : mergeDrafts({ base, mine, theirs });
    if (conflicts.length > 0)
      return { status: 'conflict', revision: draft.revision, source: theirs, conflicts };
    const revision = source === theirs ? draft.revision : await keep(client, actor, draft, source);
    return { status: 'kept', revision, source, merged: true };
  });
}

/** The same for those who cannot ask back: a conflict is thrown, naming the clauses. */
export async function changeDraft(
  actor: Actor,
  id: string,
  change: DraftChange,
): Promise<{ revision: number; source: string; merged: boolean }> {
  const offered = await offerChange(actor, id, change);
  if (offered.status === 'kept')
    return { revision: offered.revision, source: offered.source, merged: offered.merged };
  throw new AppError(
    'conflict',
    `The draft is at revision ${offered.revision}, and others changed the same there. Nothing was kept: bring your change up to it and send it again.`,
    {
      issues: offered.conflicts.map(({ clause }) => ({
        path: clause,
        message:
          clause === ''
            ? 'The texts could not be compared by clause.'
            : 'Changed by you and by somebody else.',
      })),
    },
  );
}

async function sourceAt(client: PoolClient, draft: DraftRow, revision: number): Promise<string | undefined> {
  const { rows } = await client.query<{ source: string }>(
    'SELECT source FROM draft_revision WHERE draft_id = $1 AND revision = $2',
    [draft.id, revision],
  );
  return rows[0]?.source;
}

async function keep(client: PoolClient, actor: Actor, draft: DraftRow, source: string): Promise<number> {
  const revision = draft.revision + 1;
  const clauses = changedClauses(draft.source, source).slice(0, MOST_CLAUSES);
  await client.query(
    `UPDATE contract_draft SET source = $2, revision = $3, updated_by_id = $4, updated_at = now() WHERE id = $1`,
    [draft.id, source, revision, authorOf(actor)],
  );
  await client.query(
    'INSERT INTO draft_revision (draft_id, revision, source, clauses, author_id) VALUES ($1, $2, $3, $4, $5)',
    [draft.id, revision, source, clauses, authorOf(actor)],
  );
  await client.query('DELETE FROM draft_revision WHERE draft_id = $1 AND revision <= $2', [
    draft.id,
    revision - KEPT_REVISIONS,
  ]);
  await notify(client, { workspaceId: actor.workspaceId, topic: 'draft', id: draft.id });
  return revision;
}
