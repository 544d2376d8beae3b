import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { workspaceDefaults } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { defaultsImpact } from './defaults-impact';
import { getContract } from './get-contract';
import { importContract } from './import-contract';

let workspace: GivenWorkspace;
let sponsor: Actor;

const defaults = (label: string, perDay?: number) =>
  stringify({
    ...workspaceDefaults('head@example.com', '2026-01-15'),
    versioning: {
      contract: label,
      code: 'any',
      lastReviewed: '2026-01-15',
      reviewEveryDays: 90,
      retentionDays: 400,
    },
    cost: { perRun: 5, ...(perDay === undefined ? {} : { perDay }), callsPerRun: 200 },
  });

/** A contract that says nothing of cost and risk. */
const silent = (agent: string, label = '1.0', over: object = {}) => {
  const { cost: _, risk: __, ...rest } = aContract({ identity: { agent }, versioning: { contract: label } });
  return stringify({ ...rest, extends: 'workspace-defaults', ...over });
};
const bring = (source: string, putInForce = false) =>
  importContract(sponsor, { source, format: 'yaml', putInForce });

beforeAll(async () => {
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['head-of-ai']);
  await bring(defaults('1'));
});

describe('a contract that extends the workspace defaults', () => {
  it('is stored completed, with the version it was completed from and the clauses that came from there', async () => {
    await bring(silent('extends-all'), true);
    const detail = await getContract(sponsor, 'extends-all');
    expect(detail.contract.cost).toMatchObject({ perRun: 5, callsPerRun: 200 });
    expect(detail.extending).toEqual({
      number: 1,
      label: '1',
      inherited: expect.arrayContaining(['cost', 'risk']),
    });
    expect(detail.extending?.inherited).not.toContain('tools');
    // The text stays as it was written.
    expect(detail.source).not.toContain('perRun');
  });

  it('stays as it is when the defaults change; its next version takes the change up', async () => {
    await bring(silent('extends-later'), true);
    const before = await getContract(sponsor, 'extends-later');
    await bring(defaults('2', 50));
    const after = await getContract(sponsor, 'extends-later');
    expect(after.version.digest).toBe(before.version.digest);
    expect(after.contract.cost.perDay).toBeUndefined();
    // The order its authors gave the tools survives.
    expect(Object.keys(after.contract.tools)[0]).toBe('orders.get');
    const next = await bring(silent('extends-later', '1.1'));
    expect(next.number).toBe(2);
    const made = await getContract(sponsor, 'extends-later', 2);
    expect(made.contract.cost.perDay).toBe(50);
    expect(made.extending).toMatchObject({ number: 2, label: '2' });
  });

  it('is refused when even with the defaults something is missing, by the clause', async () => {
    const { identity: _, ...rest } = aContract();
    await expect(bring(stringify({ ...rest, extends: 'workspace-defaults' }))).rejects.toMatchObject({
      code: 'invalid_contract',
      issues: [{ path: 'identity' }],
    });
  });

  it('is refused in a workspace without defaults, naming what they would have given', async () => {
    const bare = await givenWorkspace();
    const head = await givenPerson(bare, ['head-of-ai']);
    await expect(
      importContract(head, { source: silent('no-defaults'), format: 'yaml', putInForce: false }),
    ).rejects.toMatchObject({ code: 'invalid_contract', issues: [{ path: 'risk' }] });
    const { rowCount } = await db().query('SELECT FROM contract_version WHERE workspace_id = $1', [bare.id]);
    expect(rowCount).toBe(0);
  });
});

describe('a change of the workspace defaults', () => {
  it('shows, before it is made, whom it reaches at once and whose next version would take it up', async () => {
    const { rowCount } = await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name, last_run_at)
       VALUES (gen_random_uuid(), $1, 'nobody-wrote-one', 'Nobody wrote one', now())`,
      [workspace.id],
    );
    expect(rowCount).toBe(1);
    await bring(silent('inherits-cost'), true);
    await bring(silent('writes-its-own', '1.0', { cost: { perRun: 1, perDay: 9, callsPerRun: 5 } }), true);
    const impact = await defaultsImpact(sponsor, { source: defaults('9', 77), format: 'yaml' });
    expect(impact.changes.map((change) => change.clause)).toContain('cost/perDay');
    expect(impact.atOnce.map((agent) => agent.name)).toContain('nobody-wrote-one');
    const remade = new Map(impact.whenRemade.map((version) => [version.agent, version]));
    expect(remade.get('inherits-cost')).toMatchObject({
      number: 1,
      breaks: false,
      changes: [{ clause: 'cost/perDay' }],
    });
    expect(remade.has('writes-its-own')).toBe(false);
  });

  it('that would leave an inheriting contract unsound says so', async () => {
    const { risk: _, ...rest } = aContract({ identity: { agent: 'rule-bound' } });
    const tools = {
      'pay.out': { action: 'transact' },
      '*': { action: 'read' },
    };
    const base = workspaceDefaults('head@example.com', '2026-01-15');
    const withRule = stringify({
      ...base,
      versioning: { ...base.versioning, contract: '10' },
      tools,
      authority: {
        ...base.authority,
        rules: [{ id: 'pay', tools: ['pay.out'], tier: 'approval', by: 'operator' }],
      },
    });
    const { authority, evidence: ___, failure: ____, ...silentOne } = rest;
    await bring(
      stringify({
        ...silentOne,
        extends: 'workspace-defaults',
        authority: { level: authority.level, defaults: authority.defaults },
      }),
      true,
    );
    const impact = await defaultsImpact(sponsor, { source: withRule, format: 'yaml' });
    expect(impact.whenRemade.find((version) => version.agent === 'rule-bound')).toMatchObject({
      breaks: true,
    });
  });

  it('refuses a text that is no contract, or another agent’s', async () => {
    await expect(defaultsImpact(sponsor, { source: 'a: 1', format: 'yaml' })).rejects.toMatchObject({
      code: 'invalid_contract',
    });
    await expect(
      defaultsImpact(sponsor, { source: stringify(aContract()), format: 'yaml' }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });
});
