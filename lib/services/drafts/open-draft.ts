import type { Actor } from '@/lib/auth/actor';
import { type DraftContext, type DraftReading, readDraft } from '@/lib/contract/read-draft';
import { db } from '@/lib/db/pool';
import { currentDefaults } from '@/lib/services/contracts/current-defaults';
import { versionRows } from '@/lib/services/contracts/version-rows';
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
}

/** Everything the editor needs of a draft. Throws `not_found`. */
export async function openDraft(actor: Actor, id: string): Promise<OpenedDraft> {
  const draft = await getDraft(actor, id);
  const [defaults, { people }, labels] = await Promise.all([
    draft.subject === 'defaults' ? null : currentDefaults(db(), actor.workspaceId),
    listPeople(actor),
    labelsOf(actor, draft),
  ]);
  const context: DraftContext = {
    ...(defaults === null ? {} : { defaults: defaults.contract }),
    lint: {
      today: new Date().toISOString().slice(0, 10),
      people: new Map(people.map((person) => [person.email.toLowerCase(), person.roles])),
      labels,
    },
  };
  return {
    draft,
    reading: readDraft(draft.source, context),
    context,
    people: people
      .filter((person) => person.state !== 'disabled')
      .map(({ id: personId, name, email }) => ({ personId, name, email })),
  };
}

/** What versions of the same contract are called; of an agent there is not yet, none. */
async function labelsOf(actor: Actor, draft: DraftDetail): Promise<string[]> {
  if (draft.subject === 'agent' && draft.agentId === null) return [];
  const versions = await versionRows(actor.workspaceId, { agentId: draft.agentId });
  return (versions.get(draft.agentId) ?? []).map((version) => version.label);
}
