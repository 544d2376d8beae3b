import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { workspaceDefaults } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { resolveAgent } from '@/lib/services/agents/resolve-agent';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { refusal } from '@/lib/services/testing/refusal';
import { checkContract } from './check-contract';
import { contractInForce } from './contract-in-force';
import { getContract } from './get-contract';
import { importContract } from './import-contract';
import { listContracts } from './list-contracts';
import { putInForce } from './put-in-force';

let workspace: GivenWorkspace;
let sponsor: Actor;
let engineer: Actor;
let operator: Actor;

beforeEach(async () => {
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Miriam' });
  engineer = await givenPerson(workspace, ['engineer'], { name: 'Tomas' });
  operator = await givenPerson(workspace, ['operator']);
});

function yaml(changes: ContractChanges = {}): string {
  return stringify(aContract(changes));
}

function bring(actor: Actor, changes: ContractChanges = {}, putsInForce = false) {
  return importContract(actor, { source: yaml(changes), format: 'yaml', putInForce: putsInForce });
}

async function auditOf(action: string): Promise<{ actor_name: string; detail: unknown }[]> {
  const { rows } = await db().query<{ actor_name: string; detail: unknown }>(
    'SELECT actor_name, detail FROM audit_entry WHERE workspace_id = $1 AND action = $2 ORDER BY id',
    [workspace.id, action],
  );
  return rows;
}

const renamed = (label: string): ContractChanges => ({ versioning: { contract: label } });

describe('importing a contract', () => {
  it('registers its agent, keeps the text byte for byte and writes it in the audit log', async () => {
    const source = `# by hand\r\n${yaml()}\n`;
    const done = await importContract(engineer, { source, format: 'yaml', putInForce: false });
    expect(done).toMatchObject({ agent: 'refund-desk', number: 1, added: true, inForce: false });
    const detail = await getContract(operator, 'refund-desk');
    expect(detail).toMatchObject({
      agent: { name: 'refund-desk', displayName: 'Refund desk' },
      source,
      sourceFormat: 'yaml',
      version: { number: 1, digest: done.digest, label: '1.0', createdBy: 'Tomas', inForce: false },
    });
    expect(detail.contract.tools['refunds.pay']?.reversible).toEqual({
      by: 'refunds.reverse',
      within: '24 h',
    });
    expect(await auditOf('contract.imported')).toMatchObject([
      { actor_name: 'Tomas', detail: { number: 1, digest: done.digest } },
    ]);
  });

  it('shows tools in the order their author gave them', async () => {
    await bring(engineer);
    const { contract } = await getContract(operator, 'refund-desk');
    expect(Object.keys(contract.tools)).toEqual(Object.keys(aContract().tools));
  });

  it('with faults stores nothing and tells each of them', async () => {
    const error = await refusal(
      importContract(engineer, {
        source: yaml().replace('perRun: 0.5', 'perRun: "0.5"'),
        format: 'yaml',
        putInForce: false,
      }),
    );
    expect(error.code).toBe('invalid_contract');
    expect(error.issues).toMatchObject([{ path: 'cost/perRun', line: expect.any(Number) }]);
    const { rowCount } = await db().query('SELECT 1 FROM agent WHERE workspace_id = $1', [workspace.id]);
    expect(rowCount).toBe(0);
  });

  it('of the same document again adds nothing, in whatever form it comes', async () => {
    const first = await bring(engineer);
    const again = await importContract(sponsor, {
      source: JSON.stringify(aContract(), null, 4),
      format: 'json',
      putInForce: false,
    });
    expect(again).toEqual({ ...first, added: false });
    expect((await getContract(operator, 'refund-desk')).versions).toHaveLength(1);
  });

  it('of a changed document makes the next version and leaves the one before as it was', async () => {
    const first = await bring(engineer);
    await bring(engineer, renamed('1.1'));
    const detail = await getContract(operator, 'refund-desk', 1);
    expect(detail.version.digest).toBe(first.digest);
    expect(detail.versions.map((version) => [version.number, version.label])).toEqual([
      [2, '1.1'],
      [1, '1.0'],
    ]);
  });

  it('of another document under a label the agent has used is refused, and so is checking it', async () => {
    await bring(engineer);
    const changes: ContractChanges = { cost: { perRun: 7 } };
    const refused = await refusal(bring(engineer, changes));
    const issue = {
      path: 'versioning/contract',
      message: 'Version 1 of this agent goes by "1.0" already, and this is another document.',
      expected: 'a label that no version of the agent has',
    };
    expect(refused).toMatchObject({ code: 'invalid_contract', issues: [issue] });
    expect(await checkContract(engineer, { source: yaml(changes), format: 'yaml' })).toEqual({
      ok: false,
      issues: [issue],
    });
    // Another agent may use it.
    await bring(engineer, { identity: { agent: 'other-desk', name: 'Other desk' } });
    expect((await getContract(operator, 'refund-desk')).versions).toHaveLength(1);
  });

  it('by many at once numbers the versions without gap or double', async () => {
    const labels = Array.from({ length: 12 }, (_, index) => `1.${index % 6}`);
    const done = await Promise.all(labels.map((label) => bring(engineer, renamed(label))));
    const byDigest = new Map(done.map((each) => [each.digest, each.number]));
    expect([...byDigest.values()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const each of done) expect(each.number).toBe(byDigest.get(each.digest));
    expect(done.filter((each) => each.added)).toHaveLength(6);
  });

  it('makes an agent that telemetry had brought a registered one, by its name or an alias', async () => {
    const seen = await resolveAgent(db(), workspace.id, 'refund-bot');
    await bring(engineer, { identity: { aliases: ['refund-bot'] } });
    const { rows } = await db().query('SELECT id, name, discovered FROM agent WHERE workspace_id = $1', [
      workspace.id,
    ]);
    expect(rows).toEqual([{ id: seen.id, name: 'refund-desk', discovered: false }]);
  });

  it('is refused when it claims the name of another agent', async () => {
    await bring(engineer);
    const error = await refusal(bring(engineer, { identity: { agent: 'other', aliases: ['refund-desk'] } }));
    expect(error).toMatchObject({ code: 'invalid_contract', issues: [{ path: 'identity/aliases' }] });
    await expect(getContract(operator, 'other')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not for operators, nor for keys that may only send', async () => {
    expect((await refusal(bring(operator))).code).toBe('forbidden');
    const { actor } = await givenKey(workspace, ['ingest', 'decide', 'read']);
    expect((await refusal(bring(actor))).code).toBe('forbidden');
  });

  it('by a key with scope author stores it, and only a person puts it in force', async () => {
    const { actor } = await givenKey(workspace, ['author']);
    expect(await bring(actor)).toMatchObject({ added: true, inForce: false });
    expect((await refusal(bring(actor, {}, true))).code).toBe('forbidden');
    expect((await getContract(operator, 'refund-desk')).version.createdBy).toBe('author key');
  });

  it('by a key that speaks for one agent is refused for another and leaves no trace of it', async () => {
    const own = await resolveAgent(db(), workspace.id, 'refund-desk');
    const { actor } = await givenKey(workspace, ['author'], own);
    expect(await bring(actor)).toMatchObject({ added: true });
    expect((await refusal(bring(actor, { identity: { agent: 'other' } }))).code).toBe('forbidden');
    const { rowCount } = await db().query(`SELECT 1 FROM agent WHERE workspace_id = $1 AND name = 'other'`, [
      workspace.id,
    ]);
    expect(rowCount).toBe(0);
  });

  it('never reaches another workspace', async () => {
    await bring(engineer);
    const elsewhere = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    await expect(getContract(elsewhere, 'refund-desk')).rejects.toMatchObject({ code: 'not_found' });
    expect((await listContracts(elsewhere)).rows).toEqual([]);
    await expect(putInForce(elsewhere, { agent: 'refund-desk', number: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('putting a version in force', () => {
  it('lets it decide, and the agent goes by its names', async () => {
    await bring(engineer);
    const next = await bring(engineer, {
      identity: { name: 'Refund desk 2', aliases: ['refunds'] },
      ...renamed('2.0'),
    });
    await putInForce(sponsor, { agent: 'refund-desk', number: next.number });
    const { rows } = await db().query<{ id: string; display_name: string; aliases: string[] }>(
      'SELECT id, display_name, aliases FROM agent WHERE workspace_id = $1',
      [workspace.id],
    );
    expect(rows).toMatchObject([{ display_name: 'Refund desk 2', aliases: ['refunds'] }]);
    expect(await contractInForce(workspace.id, rows[0]?.id ?? null)).toMatchObject({
      number: 2,
      digest: next.digest,
    });
    expect(await auditOf('contract.put-in-force')).toMatchObject([
      { actor_name: 'Miriam', detail: { number: 2 } },
    ]);
  });

  it('changes no name while a version only waits', async () => {
    await bring(sponsor, {}, true);
    await bring(engineer, { identity: { name: 'Waiting name' }, ...renamed('1.1') });
    expect((await getContract(operator, 'refund-desk')).agent?.displayName).toBe('Refund desk');
  });

  it('of the one in force already writes no second entry', async () => {
    await bring(sponsor, {}, true);
    await putInForce(sponsor, { agent: 'refund-desk', number: 1 });
    expect(await auditOf('contract.put-in-force')).toHaveLength(1);
  });

  it('is for sponsor, GRC and head of AI', async () => {
    await bring(engineer);
    expect((await refusal(putInForce(engineer, { agent: 'refund-desk', number: 1 }))).code).toBe('forbidden');
    expect((await refusal(bring(engineer, {}, true))).code).toBe('forbidden');
  });

  it('of a version that is not there says so', async () => {
    await bring(engineer);
    expect((await refusal(putInForce(sponsor, { agent: 'refund-desk', number: 7 }))).message).toContain(
      'version 7',
    );
  });
});

describe('the workspace defaults', () => {
  const defaults = (perRun: number) =>
    JSON.stringify({ ...workspaceDefaults('sponsor@example.com', '2026-01-15'), cost: { perRun } });
  const bringDefaults = (perRun: number) =>
    importContract(sponsor, { source: defaults(perRun), format: 'json', putInForce: false });

  it('decide as soon as they are imported, also when an older text comes back', async () => {
    expect(await bringDefaults(1)).toMatchObject({ number: 1, added: true, inForce: true });
    expect(await bringDefaults(2)).toMatchObject({ number: 2, added: true, inForce: true });
    expect(await bringDefaults(2)).toMatchObject({ number: 2, added: false });
    expect(await bringDefaults(1)).toMatchObject({ number: 3, added: true, inForce: true });
    expect((await contractInForce(workspace.id, null))?.contract.cost.perRun).toBe(1);
    expect((await getContract(operator, 'defaults')).version).toMatchObject({ number: 3, inForce: true });
  });

  it('are what one reads of an agent without a contract of its own', async () => {
    await bringDefaults(1);
    await resolveAgent(db(), workspace.id, 'newcomer');
    expect(await getContract(operator, 'newcomer')).toMatchObject({
      agent: { name: 'newcomer' },
      inherited: true,
      version: { number: 1 },
    });
    expect((await listContracts(operator)).withoutContract).toMatchObject([{ name: 'newcomer' }]);
  });

  it('are not for those who may not put in force', async () => {
    const error = await refusal(
      importContract(engineer, { source: defaults(1), format: 'json', putInForce: false }),
    );
    expect(error.code).toBe('forbidden');
  });
});

describe('reading contracts', () => {
  it('shows the version in force, and that a newer one waits', async () => {
    await bring(sponsor, {}, true);
    await bring(engineer, renamed('1.1'));
    const { rows } = await listContracts(operator);
    expect(rows).toMatchObject([
      { inForce: { label: '1.0' }, latest: { label: '1.1' }, versions: 2, openIncidents: 0 },
    ]);
    expect((await getContract(operator, 'refund-desk')).version.label).toBe('1.0');
  });

  it('shows when the next review is due', async () => {
    await bring(sponsor, { versioning: { lastReviewed: '2026-01-31', reviewEveryDays: 30 } }, true);
    const { rows } = await listContracts(operator);
    expect(rows[0]?.inForce).toMatchObject({ lastReviewed: '2026-01-31', reviewDue: '2026-03-02' });
  });

  it('survives a review that is never due', async () => {
    await bring(sponsor, { versioning: { reviewEveryDays: 9_007_199_254_740_991 } }, true);
    expect((await listContracts(operator)).rows[0]?.latest.reviewDue).toBe('9999-12-31');
  });

  it('names the people the workspace knows', async () => {
    await givenPerson(workspace, ['grc'], { name: 'Rasmus', email: 'grc@example.com' });
    await bring(engineer);
    expect((await getContract(operator, 'refund-desk')).people).toEqual({ 'grc@example.com': 'Rasmus' });
  });

  it('of a version that is not there says which', async () => {
    await bring(engineer);
    expect((await refusal(getContract(operator, 'refund-desk', 9))).message).toContain('version 9');
  });
});

describe('checking a text before it is imported', () => {
  it('stores nothing and says what importing it would do', async () => {
    const asked = { source: yaml(), format: 'yaml' } as const;
    expect(await checkContract(engineer, asked)).toMatchObject({
      ok: true,
      agentIs: 'new',
      nextNumber: 1,
      existing: null,
      strangers: expect.arrayContaining(['sre@example.com']),
    });
    expect((await listContracts(engineer)).rows).toEqual([]);
    const done = await bring(engineer);
    expect(await checkContract(engineer, asked)).toMatchObject({
      agentIs: 'registered',
      existing: 1,
      nextNumber: 2,
      digest: done.digest,
    });
  });

  it('answers faults, and knows an agent that telemetry has brought', async () => {
    expect(await checkContract(engineer, { source: 'kind: x', format: 'yaml' })).toMatchObject({ ok: false });
    await resolveAgent(db(), workspace.id, 'refund-desk');
    expect(await checkContract(engineer, { source: yaml(), format: 'yaml' })).toMatchObject({
      agentIs: 'discovered',
    });
  });

  it('is for those who may import', async () => {
    expect((await refusal(checkContract(operator, { source: yaml(), format: 'yaml' }))).code).toBe(
      'forbidden',
    );
  });
});
