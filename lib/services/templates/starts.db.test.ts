import { beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseContract } from '@/lib/contract/parse';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { importContract } from '@/lib/services/contracts/import-contract';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { copyVersion } from './copy-version';
import { freeAgentName } from './new-contract';
import { startFromTemplate } from './start-from-template';
import { startFromText } from './start-from-text';

const TODAY = '2026-11-21';
let workspace: GivenWorkspace;
let sponsor: Awaited<ReturnType<typeof givenPerson>>;

beforeEach(async () => {
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['sponsor'], { email: `s-${workspace.slug}@example.com` });
});

const ANSWERS = {
  template: 'claims-processing',
  name: 'Claims, north',
  agent: 'claims-north',
  businessUnit: 'Motor',
};
const PEOPLE = {
  owner: 'a@example.com',
  delegatedBy: 'b@example.com',
  sponsor: 'a@example.com',
  engineeringLead: 'c@example.com',
  qa: 'd@example.com',
  grc: 'e@example.com',
  operator: 'f@example.com',
  sre: 'g@example.com',
};

async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error('it was not refused');
  return error;
}

describe('from a template', () => {
  it('is a draft that reads as a whole contract, with its notes, once everybody is named', async () => {
    const { id } = await startFromTemplate(sponsor, { ...ANSWERS, ...PEOPLE }, TODAY);
    const draft = await getDraft(sponsor, id);
    expect(draft).toMatchObject({
      origin: 'template:claims-processing',
      agentId: null,
      name: 'Claims, north',
    });
    expect(draft.source).toContain('# one person answers for it');
    expect(parseContract(draft.source, 'yaml').ok).toBe(true);
  });

  it('may leave people open, and is bound to an agent that telemetry brought', async () => {
    const agentId = '01a1fd00-0000-7000-8000-00000000000a';
    await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name, discovered) VALUES ($1, $2, 'claims-north', 'x', true)`,
      [agentId, workspace.id],
    );
    const { id } = await startFromTemplate(sponsor, ANSWERS, TODAY);
    const draft = await getDraft(sponsor, id);
    expect(draft.agentId).toBe(agentId);
    const read = parseContract(draft.source, 'yaml');
    expect(read.ok ? [] : read.issues.map((issue) => issue.path)).toContain('ownership/sponsor');
  });

  it('is refused for an agent that has a contract, an unknown template, and people who may not write', async () => {
    await givenAgent(workspace);
    const taken = await faultOf(startFromTemplate(sponsor, { ...ANSWERS, agent: 'refund-desk' }, TODAY));
    expect(taken).toMatchObject({ code: 'invalid', issues: [{ path: 'agent' }] });
    expect(await faultOf(startFromTemplate(sponsor, { ...ANSWERS, template: 'x' }, TODAY))).toMatchObject({
      code: 'not_found',
    });
    const operator = await givenPerson(workspace, ['operator']);
    expect(await faultOf(startFromTemplate(operator, ANSWERS, TODAY))).toMatchObject({ code: 'forbidden' });
  });
});

it('a new contract is offered a name that no other has', async () => {
  expect(await freeAgentName(sponsor, 'refund-desk')).toBe('refund-desk');
  await givenAgent(workspace);
  expect(await freeAgentName(sponsor, 'refund-desk')).toBe('refund-desk-2');
  await startFromTemplate(sponsor, { ...ANSWERS, agent: 'refund-desk-2' }, TODAY);
});

it('a copy of another contract keeps its notes and rules, under names of its own', async () => {
  const source = `# ours\n${stringify(aContract({ identity: { aliases: ['refunds-svc'] } }))}`;
  await importContract(sponsor, { source, format: 'yaml', putInForce: false });
  const { id } = await copyVersion(
    sponsor,
    { from: 'refund-desk', version: 1, name: 'Returns', agent: 'returns', businessUnit: 'Web' },
    TODAY,
  );
  const draft = await getDraft(sponsor, id);
  expect(draft.source.startsWith('# ours\n')).toBe(true);
  const after: unknown = parse(draft.source);
  expect(after).toMatchObject({
    identity: { name: 'Returns', agent: 'returns', businessUnit: 'Web', principal: 'svc-returns' },
    versioning: { contract: '1.0', code: 'returns@1.0.0', lastReviewed: TODAY },
    tools: aContract().tools,
  });
  expect(after).not.toHaveProperty('identity.aliases');
});

describe('from text', () => {
  it('may be half a contract; JSON becomes YAML; the agent it names is found', async () => {
    const agent = await givenAgent(workspace);
    const { id } = await startFromText(sponsor, {
      source: JSON.stringify({ identity: { agent: 'refund-desk' } }),
      format: 'json',
      origin: 'import',
    });
    expect(await getDraft(sponsor, id)).toMatchObject({
      source: 'identity:\n  agent: refund-desk\n',
      agentId: agent.id,
      subject: 'agent',
    });
  });

  it('of the workspace defaults is a draft of those', async () => {
    await givenVersion(workspace, null, aContract({ identity: { agent: 'workspace-defaults' } }));
    const source = 'identity: { agent: workspace-defaults }\n';
    const { id } = await startFromText(sponsor, { source, format: 'yaml', origin: 'import' });
    expect(await getDraft(sponsor, id)).toMatchObject({ subject: 'defaults', agentId: null });
  });

  it.each([
    ['nothing', ''],
    ['text that is no YAML', 'a: [1'],
    ['a key twice', 'a: 1\na: 2'],
    ['aliases', 'a: &x 1\nb: *x'],
    ['several documents', 'a: 1\n---\nb: 2'],
  ])('is refused with its line when it is %s', async (_, source) => {
    const fault = await faultOf(startFromText(sponsor, { source, format: 'yaml', origin: 'import' }));
    expect(fault.code).toBe('invalid_contract');
    expect(fault.issues[0]?.line).toBeGreaterThan(0);
  });

  it('by a key that speaks for one agent is a draft of that agent only', async () => {
    const agent = await givenAgent(workspace);
    const { actor } = await givenKey(workspace, ['author'], agent);
    const source = 'identity: { agent: another }\n';
    expect(await faultOf(startFromText(actor, { source, format: 'yaml', origin: 'code' }))).toMatchObject({
      code: 'forbidden',
    });
  });
});
