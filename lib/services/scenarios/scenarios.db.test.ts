import { describe, expect, it } from 'vitest';
import { suiteText } from '@/lib/contract/scenario-templates/suite-text';
import { fromTemplates } from '@/lib/contract/scenario-templates/templates';
import { db } from '@/lib/db/pool';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { changeSuite } from './change-suite';
import { computeScenarios } from './compute-scenarios';
import { createSuite } from './create-suite';
import { deleteSuite } from './delete-suite';
import { listSuites } from './list-suites';
import { scenariosPage } from './scenarios-page';

const ONE = `scenarios:
  - name: small refund
    call: { tool: refunds.pay, arguments: { orderId: o-1, amount: 20 } }
    expect: { lane: allow }
`;

async function given() {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  const qa = await givenPerson(workspace, ['qa'], { name: 'Adaeze Nwosu' });
  return { workspace, agent, qa };
}

describe('suites of an agent', () => {
  it('are created, changed on the revision that was read, listed and deleted, each with its audit entry', async () => {
    const { workspace, agent, qa } = await given();
    const { id } = await createSuite(qa, { agent: agent.name, name: ' Refunds ', source: ONE });
    expect(await changeSuite(qa, { id, revision: 1, name: 'Refunds', source: `# Mine.\n${ONE}` })).toEqual({
      revision: 2,
    });
    expect(await listSuites(qa, agent.name)).toMatchObject([
      { id, name: 'Refunds', revision: 2, source: `# Mine.\n${ONE}`, updatedBy: 'Adaeze Nwosu' },
    ]);
    await deleteSuite(qa, id);
    expect(await listSuites(qa, agent.name)).toEqual([]);
    const { rows } = await db().query(
      'SELECT action FROM audit_entry WHERE workspace_id = $1 AND action LIKE $2 ORDER BY id',
      [workspace.id, 'scenarios.%'],
    );
    expect(rows.map((row) => row.action)).toEqual([
      'scenarios.created',
      'scenarios.changed',
      'scenarios.deleted',
    ]);
  });

  it('keep what somebody else wrote meanwhile, and say who it was', async () => {
    const { workspace, agent, qa } = await given();
    const other = await givenPerson(workspace, ['engineer']);
    const { id } = await createSuite(qa, { agent: agent.name, name: 'Refunds', source: ONE });
    await changeSuite(qa, { id, revision: 1, name: 'Refunds', source: `# First.\n${ONE}` });
    await expect(
      changeSuite(other, { id, revision: 1, name: 'Refunds', source: `# Second.\n${ONE}` }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Adaeze Nwosu changed this suite'),
    });
    expect((await listSuites(qa, agent.name))[0]?.source).toContain('# First.');
    // The same text again is no clash: a save that was sent twice.
    expect(
      await changeSuite(other, { id, revision: 1, name: 'Refunds', source: `# First.\n${ONE}` }),
    ).toEqual({ revision: 2 });
  });

  it('refuse a text that is no suite with each fault, and a name that is taken or none', async () => {
    const { agent, qa } = await given();
    const suite = { agent: agent.name, name: 'Refunds', source: ONE };
    const { id } = await createSuite(qa, suite);
    await expect(createSuite(qa, suite)).rejects.toMatchObject({ code: 'conflict' });
    await expect(createSuite(qa, { ...suite, name: ' ' })).rejects.toMatchObject({ code: 'invalid' });
    await expect(
      changeSuite(qa, { id, revision: 1, name: 'Refunds', source: 'scenarios: []' }),
    ).rejects.toMatchObject({ code: 'invalid', issues: [expect.objectContaining({ line: 1 })] });
    const second = await createSuite(qa, { ...suite, name: 'Other' });
    await expect(
      changeSuite(qa, { id: second.id, revision: 1, name: 'Refunds', source: ONE }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are nobody’s in another workspace, and not for an auditor to change', async () => {
    const { workspace, agent, qa } = await given();
    const { id } = await createSuite(qa, { agent: agent.name, name: 'Refunds', source: ONE });
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    const auditor = await givenPerson(workspace, ['auditor']);
    await expect(deleteSuite(stranger, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listSuites(stranger, agent.name)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      changeSuite(stranger, { id: 'no-id', revision: 1, name: 'x', source: ONE }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(deleteSuite(auditor, id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(computeScenarios(auditor, { agent: agent.name, version: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await listSuites(auditor, agent.name)).toHaveLength(1);
  });
});

describe('scenarios as evidence', () => {
  it('pass when all do and all six behaviours are shown', async () => {
    const { agent, qa } = await given();
    const templates = fromTemplates(agent.version.contract);
    await createSuite(qa, { agent: agent.name, name: 'Behaviours', source: suiteText(templates) });
    await createSuite(qa, { agent: agent.name, name: 'Refunds', source: ONE });
    const { evidenceId, outcome, summary } = await computeScenarios(qa, { agent: agent.name, version: 1 });
    expect(outcome).toBe('passed');
    expect(summary).toMatch(
      /^(\d+) of \1 scenarios pass, 6 of 6 behaviours shown, \d+ of \d+ clauses exercised\.$/,
    );
    const { rows } = await db().query(
      'SELECT kind, contract_version_id, produced_by_id, detail FROM evidence WHERE id = $1',
      [evidenceId],
    );
    expect(rows[0]).toMatchObject({
      kind: 'scenarios',
      contract_version_id: agent.version.id,
      produced_by_id: qa.personId,
      detail: { suites: [{ name: 'Behaviours' }, { name: 'Refunds', revision: 1 }] },
    });
    expect((await scenariosPage(qa, agent.name)).recorded).toMatchObject({ outcome: 'passed', summary });
  });

  it('fail when a behaviour is shown by none, when a scenario fails, and when there are none', async () => {
    const { agent, qa } = await given();
    const none = await computeScenarios(qa, { agent: agent.name, version: 1 });
    expect(none).toMatchObject({ outcome: 'failed', summary: 'There are no scenarios to run.' });
    const { id } = await createSuite(qa, { agent: agent.name, name: 'Refunds', source: ONE });
    expect(await computeScenarios(qa, { agent: agent.name, version: 1 })).toMatchObject({
      outcome: 'failed',
      summary: expect.stringMatching(
        /^1 of 1 scenario passes, 0 of 6 behaviours shown, .+ No scenario shows: missing evidence, policy mismatch, tool failure mid-run, ambiguous input, cost overrun and rollback succeeds\.$/,
      ),
    });
    await changeSuite(qa, {
      id,
      revision: 1,
      name: 'Refunds',
      source: `${suiteText(fromTemplates(agent.version.contract))}${ONE.replace('scenarios:\n', '').replace('amount: 20', 'amount: 2000')}`,
    });
    const wrong = await computeScenarios(qa, { agent: agent.name, version: 1 });
    expect(wrong.outcome).toBe('failed');
    expect(wrong.summary).toMatch(/^(\d+) of (\d+) scenarios pass, 6 of 6 .+ Failing: “.+”\.$/);
    await expect(computeScenarios(qa, { agent: agent.name, version: 7 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the scenarios page', () => {
  it('runs against the newest version unless another, or a draft, is chosen', async () => {
    const { workspace, agent, qa } = await given();
    const engineer = await givenPerson(workspace, ['engineer']);
    await givenVersion(workspace, agent, aContract({ versioning: { contract: '1.1' } }));
    const draft = await draftFromVersion(engineer, { agent: agent.name, number: 1 });
    const page = await scenariosPage(qa, agent.name);
    expect(page.against).toEqual({ id: '2', label: 'v1.1', version: 2 });
    expect(page.choices.map((choice) => choice.version)).toEqual([null, 2, 1]);
    expect(page).toMatchObject({ mayWrite: true, mayRecord: true, recorded: null });
    const ofDraft = await scenariosPage(qa, agent.name, draft.id);
    expect(ofDraft.against?.version).toBeNull();
    expect(ofDraft.contract?.identity.agent).toBe(agent.name);
    await expect(scenariosPage(qa, agent.name, '9')).rejects.toMatchObject({ code: 'not_found' });
  });
});
