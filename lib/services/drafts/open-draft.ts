import type { Actor } from '@/lib/auth/actor';
import { type DraftContext, type DraftReading, readDraft } from '@/lib/contract/read-draft';
import { db } from '@/lib/db/pool';
import { type DecidedTool, listDecidedTools } from '@/lib/services/catalogue/list-decided-tools';
import { currentDefaults } from '@/lib/services/contracts/current-defaults';
import { lintContextOf, lintFacts } from '@/lib/services/contracts/lint-contract';
import { listPeople } from '@/lib/services/people/list-people';
import { type DraftDetail, getDraft } from './get-draft';

export interface OpenedDraft {
  draft: DraftDetail;
  /** The draft as far as it has come. */
  reading: DraftReading;
  /** What it is read with: the workspace defaults for one that extends them, and what lint knows. */
  context: DraftContext;
  /** Whom its fields may name. */
  people: { personId: string; name: string; email: string }[];
  /** Tools it may list as they were classified. */
  catalogue: DecidedTool[];
}

/** Everything the editor needs of a draft. Throws `not_found`. */
export async function openDraft(actor: Actor, id: string): Promise<OpenedDraft> {
  const draft = await getDraft(actor, id);
  const [defaults, { people }, facts, catalogue] = await Promise.all([
    draft.subject === 'defaults' ? null : currentDefaults(db(), actor.workspaceId),
    listPeople(actor),
    lintFacts(actor, draft.agent?.name ?? null),
    listDecidedTools(actor),
  ]);
  const context: DraftContext = {
    ...(defaults === null ? {} : { defaults: defaults.contract }),
    lint: lintContextOf(facts, null),
  };
  return {
    draft,
    reading: readDraft(draft.source, context),
    context,
    catalogue,
    people: people
      .filter((person) => person.state !== 'disabled')
      .map(({ id: personId, name, email }) => ({ personId, name, email })),
  };
}
