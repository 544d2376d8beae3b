import type { Actor } from '@/lib/auth/actor';
import { type DraftReading, readDraft } from '@/lib/contract/read-draft';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { currentDefaults } from '@/lib/services/contracts/current-defaults';
import { listPeople } from '@/lib/services/people/list-people';
import { type DraftDetail, getDraft } from './get-draft';

export interface OpenedDraft {
  draft: DraftDetail;
  /** The draft as far as it has come. */
  reading: DraftReading;
  /** What it is completed with when it extends the workspace defaults. */
  defaults: Contract | null;
  /** Whom its fields may name. */
  people: { personId: string; name: string; email: string }[];
}

/** Everything the editor needs of a draft. Throws `not_found`. */
export async function openDraft(actor: Actor, id: string): Promise<OpenedDraft> {
  const draft = await getDraft(actor, id);
  const [defaults, { people }] = await Promise.all([
    draft.subject === 'defaults' ? null : currentDefaults(db(), actor.workspaceId),
    listPeople(actor),
  ]);
  return {
    draft,
    reading: readDraft(draft.source, defaults?.contract),
    defaults: defaults?.contract ?? null,
    people: people
      .filter((person) => person.state !== 'disabled')
      .map(({ id: personId, name, email }) => ({ personId, name, email })),
  };
}
