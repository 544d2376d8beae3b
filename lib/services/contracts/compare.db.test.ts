import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { contractSchema } from '@/lib/contract/schema';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { checkContract } from './check-contract';
import { compareVersions } from './compare-versions';
import { importContract } from './import-contract';
import { lintContract } from './lint-contract';

let workspace: GivenWorkspace;
let sponsor: Actor;

beforeEach(async () => {
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['sponsor']);
});

const yaml = (changes: ContractChanges = {}) => stringify(aContract(changes));
const bring = (changes: ContractChanges, putInForce = false) =>
  importContract(sponsor, { source: yaml(changes), format: 'yaml', putInForce });
const NEXT: ContractChanges = { versioning: { contract: '1.1' }, cost: { perRun: 1 } };

describe('comparing versions', () => {
  it('takes the version in force and the newest when none is named, and names the route', async () => {
    await bring({}, true);
    await bring(NEXT);
    const compared = await compareVersions(sponsor, { agent: 'refund-desk' });
    expect(compared).toMatchObject({
      before: { kind: 'version', number: 1, title: 'v1.0', inForce: true },
      after: { kind: 'version', number: 2, title: 'v1.1' },
      routed: { route: 'build' },
    });
    expect(compared.changes).toContainEqual(
      expect.objectContaining({
        clause: 'cost/perRun',
        before: 0.5,
        after: 1,
        direction: 'wider',
        route: 'g6',
      }),
    );
    expect(compared.readings.map((reading) => reading.reader)).toEqual([
      'sponsor',
      'engineer',
      'grc',
      'operator',
    ]);
  });

  it('takes any two, either way round', async () => {
    await bring({}, true);
    await bring(NEXT);
    const there = await compareVersions(sponsor, {
      agent: 'refund-desk',
      from: { version: 1 },
      to: { version: 2 },
    });
    const back = await compareVersions(sponsor, {
      agent: 'refund-desk',
      from: { version: 2 },
      to: { version: 1 },
    });
    expect(back.changes).toHaveLength(there.changes.length);
    expect(back.before.title).toBe('v1.1');
  });

  it('takes a draft, and tells the faults of one that is no contract yet', async () => {
    await bring({}, true);
    const make = (source: string) => createDraft(sponsor, { subject: 'agent', source, origin: 'blank' });
    const { id } = await make(yaml({ cost: { ...aContract().cost, perRun: 2 } }));
    const compared = await compareVersions(sponsor, { agent: 'refund-desk', to: { draft: id } });
    expect(compared.changes).toMatchObject([{ clause: 'cost/perRun', after: 2 }]);
    const faulty = await make(yaml().replace('perRun: 0.5', 'perRun: -1'));
    expect(await compareVersions(sponsor, { agent: 'refund-desk', to: { draft: faulty.id } })).toMatchObject({
      changes: [],
      faults: [{ path: 'cost/perRun' }],
    });
  });

  it('says so when there is nothing to compare, or no such version', async () => {
    await bring({}, true);
    await expect(compareVersions(sponsor, { agent: 'refund-desk' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('only one version'),
    });
    await expect(
      compareVersions(sponsor, { agent: 'refund-desk', from: { version: 1 }, to: { version: 7 } }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const stranger = await givenPerson(await givenWorkspace(), ['sponsor']);
    await expect(compareVersions(stranger, { agent: 'refund-desk' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('linting in a workspace', () => {
  it('knows its people, their roles and the labels of other versions', async () => {
    await bring({}, true);
    const other = contractSchema.parse(aContract({ cost: { perRun: 1 } }));
    const findings = await lintContract(sponsor, other);
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'label-taken', clause: 'versioning/contract' }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'person-unknown', clause: 'ownership/operator', level: 'error' }),
    );
    await givenPerson(workspace, ['qa'], { email: 'operator@example.com' });
    const again = await lintContract(sponsor, other);
    expect(again).toContainEqual(
      expect.objectContaining({ rule: 'person-without-role', clause: 'ownership/operator' }),
    );
    expect(again).not.toContainEqual(
      expect.objectContaining({ rule: 'person-unknown', clause: 'ownership/operator' }),
    );
  });

  it('does not hold a version’s own label against it', async () => {
    await bring({}, true);
    const findings = await lintContract(sponsor, contractSchema.parse(aContract()));
    expect(findings.map((finding) => finding.rule)).not.toContain('label-taken');
  });

  it('comes with what a text would change of the version in force, before it is kept', async () => {
    await bring({}, true);
    const checked = await checkContract(sponsor, { source: yaml(NEXT), format: 'yaml' });
    expect(checked).toMatchObject({
      ok: true,
      against: { number: 1, label: '1.0', routed: { route: 'build' } },
    });
    if (checked.ok) expect(checked.findings.length).toBeGreaterThan(0);
  });
});
