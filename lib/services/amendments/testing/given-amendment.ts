/** What tests of amendments take as given: an agent in Production, and amendments of its contract. */
import { stringify } from 'yaml';
import { db } from '@/lib/db/pool';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { submitDraft } from '@/lib/services/drafts/submit-draft';
import type { PersonActor } from '@/lib/services/gates/testing/given-gates';
import { type About, AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { getAmendment } from '../get-amendment';
import { startAmendment } from '../start-amendment';

/** A desk in Production whose version 1 has passed its gates. */
export async function inProduction(): Promise<Desk> {
  const desk = await givenDesk();
  const first = await desk.submit({ versioning: { contract: '1.0' } });
  await desk.walk(first, 'G1', 'G2', 'G3', 'G4', 'G5');
  return desk;
}

/** Begins an amendment and writes it; the sponsor does unless somebody else is given. */
export async function amended(
  desk: Desk,
  changes: ContractChanges,
  label: string,
  by: PersonActor = desk.team.sponsor,
): Promise<{ number: number; draftId: string }> {
  const started = await startAmendment(desk.team.sponsor, { agent: AGENT });
  const { revision } = await getDraft(desk.team.sponsor, started.draftId);
  await changeDraft(by, started.draftId, {
    revision,
    source: stringify(aContract({ ...changes, versioning: { ...changes.versioning, contract: label } })),
  });
  return started;
}

/** The same, submitted by the sponsor. */
export async function submitted(
  desk: Desk,
  changes: ContractChanges,
  label: string,
  by?: PersonActor,
): Promise<number> {
  const { number, draftId } = await amended(desk, changes, label, by);
  const { revision } = await getDraft(desk.team.sponsor, draftId);
  await submitDraft(desk.team.sponsor, draftId, { revision });
  return number;
}

/** The version that an amendment was submitted as. */
export async function versionOf(desk: Desk, number: number): Promise<About> {
  const { version } = await getAmendment(desk.team.grc, number);
  if (version === null) throw new Error('not submitted');
  const { rows } = await db().query<{ agentId: string }>(
    'SELECT agent_id AS "agentId" FROM contract_version WHERE id = $1',
    [version.id],
  );
  return { agent: AGENT, agentId: rows[0]?.agentId ?? '', versionId: version.id, number: version.number };
}

const { tools = {} } = aContract();
const ORDERS = tools['orders.get'] ?? { server: 'orders', action: 'read' as const };
/** Reaches data it did not reach: back to Scoping. */
export const WIDER: ContractChanges = {
  tools: { ...tools, 'orders.get': { ...ORDERS, categories: ['customer-contact', 'vehicle'] } },
};
/** May touch less data: back to Build, and in an emergency at once. */
export const NARROWER: ContractChanges = { tools: { ...tools, 'orders.get': { ...ORDERS, categories: [] } } };
export const OWNERS: ContractChanges = { ownership: { qa: 'somebody.else@example.com' } };
