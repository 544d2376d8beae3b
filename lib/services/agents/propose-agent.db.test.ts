import { beforeEach, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { getReview } from '@/lib/services/gates/get-review';
import { openReview } from '@/lib/services/gates/open-review';
import { agentForNewContract } from '@/lib/services/templates/new-contract';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '../testing/given';
import { refusal } from '../testing/refusal';
import { agentFilterSchema } from './agent-filters';
import { listAgents } from './list-agents';
import { proposeAgent, sponsorsToName } from './propose-agent';

let workspace: GivenWorkspace;
let head: Awaited<ReturnType<typeof givenPerson>>;
let petra: Awaited<ReturnType<typeof givenPerson>>;

beforeEach(async () => {
  workspace = await givenWorkspace();
  head = await givenPerson(workspace, ['head-of-ai'], { name: 'Helena' });
  petra = await givenPerson(workspace, ['sponsor'], { name: 'Petra' });
  await givenPerson(workspace, ['sponsor'], { name: 'Miriam' });
});

const idea = () => ({
  name: 'Tyre claims',
  agent: 'tyre-claims',
  businessUnit: 'Motor',
  sponsorId: petra.personId,
});

test('an agent that is only an idea stands in Discovery, and G1 asks the sponsor it names', async () => {
  expect((await sponsorsToName(head)).map(({ name }) => name)).toEqual(['Miriam', 'Petra']);
  expect(await proposeAgent(head, idea())).toEqual({ name: 'tyre-claims' });
  const { rows } = await listAgents(head, agentFilterSchema.parse({}), new Date());
  expect(rows).toMatchObject([
    {
      name: 'tyre-claims',
      displayName: 'Tyre claims',
      stage: 'discovery',
      businessUnit: 'Motor',
      discovered: false,
    },
  ]);
  const { id } = await openReview(head, { agent: 'tyre-claims', gate: 'G1' });
  const { roles } = await getReview(head, id);
  expect(roles.find((each) => each.role === 'sponsor')?.may.map(({ person }) => person.name)).toEqual([
    'Petra',
  ]);
  const told = await db().query('SELECT title, path FROM notification WHERE person_id = $1 ORDER BY id', [
    petra.personId,
  ]);
  expect(told.rows[0]).toEqual({
    title: 'Helena proposes Tyre claims and names you as its sponsor: state the case for G1',
    path: '/agents/tyre-claims/evidence',
  });
  // Its contract is written for this agent, not for another.
  const agentId = await agentForNewContract(head, 'tyre-claims');
  expect(agentId).toBe(rows[0]?.id);
  await createDraft(head, { subject: 'agent', agentId, source: 'kind: AgentContract', origin: 'blank' });
});

test('a name that another agent goes by is refused at its field, and so is a sponsor who is none', async () => {
  await proposeAgent(head, idea());
  expect((await refusal(proposeAgent(head, idea()))).issues).toMatchObject([{ path: 'agent' }]);
  expect(
    (await refusal(proposeAgent(head, { ...idea(), agent: 'glass', sponsorId: head.personId }))).issues,
  ).toMatchObject([{ path: 'sponsorId' }]);
  const operator = await givenPerson(workspace, ['operator']);
  expect((await refusal(proposeAgent(operator, { ...idea(), agent: 'glass' }))).code).toBe('forbidden');
});

test('an agent that telemetry found first is taken on', async () => {
  await db().query(
    `INSERT INTO agent (id, workspace_id, name, display_name, discovered)
     VALUES (gen_random_uuid(), $1, 'tyre-claims', 'tyre-claims', true)`,
    [workspace.id],
  );
  await proposeAgent(petra, idea());
  const { rows } = await listAgents(head, agentFilterSchema.parse({}), new Date());
  expect(rows).toMatchObject([{ name: 'tyre-claims', displayName: 'Tyre claims', discovered: false }]);
});
