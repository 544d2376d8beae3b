import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { findAnything } from './find-anything';

let workspace: GivenWorkspace;
let reader: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  reader = await givenPerson(workspace, ['auditor'], {
    name: 'Otto Falk',
    email: `otto-${newId()}@example.com`,
  });
  const agent = await givenAgent(workspace);
  await givenAgent(workspace, aContract({ identity: { agent: 'returns-desk', name: 'Returns desk' } }));
  await givenRun(workspace, agent, { key: 'RUN-77' });
  await db().query(
    `INSERT INTO contract_draft (id, workspace_id, source, origin) VALUES ($1, $2, $3, 'blank')`,
    [newId(), workspace.id, 'identity:\n  name: Parcel tracer\n  agent: parcel-tracer\n'],
  );
});

const find = async (text: string) =>
  (await findAnything(reader, text)).map(({ kind, title, href }) => ({ kind, title, href }));

describe('the search', () => {
  it('finds an agent and its contract by a part of the name, in any case', async () => {
    expect(await find('RETURNS')).toEqual(
      expect.arrayContaining([
        { kind: 'agent', title: 'Returns desk', href: '/agents/returns-desk' },
        { kind: 'contract', title: 'Contract of Returns desk', href: '/contracts/returns-desk' },
      ]),
    );
  });

  it('finds a clause by words of its sentence and by its name, and leads to it', async () => {
    const words = await find('touch health');
    expect(words[0]).toMatchObject({
      kind: 'clause',
      href: expect.stringContaining('#scope/forbidden/no-health-data'),
    });
    expect((await find('authority/large-ref')).map((each) => each.href)).toContain(
      '/contracts/refund-desk#authority/large-refunds',
    );
  });

  it('names a tool once, however many contracts have it', async () => {
    expect((await find('refunds.pay')).filter((each) => each.kind === 'tool')).toEqual([
      { kind: 'tool', title: 'refunds.pay', href: expect.stringContaining('#tools/refunds.pay') },
    ]);
  });

  it('finds people, drafts and runs', async () => {
    expect(await find('otto')).toContainEqual({
      kind: 'person',
      title: 'Otto Falk',
      href: '/settings/people',
    });
    expect((await find('parcel'))[0]).toMatchObject({ kind: 'draft', title: 'Draft of Parcel tracer' });
    expect((await find('RUN-7'))[0]).toMatchObject({ kind: 'run', title: 'RUN-77' });
  });

  it('takes % and _ as they are written, and finds nothing of another workspace', async () => {
    expect(await find('%')).toEqual([]);
    expect(await find('_')).toEqual([]);
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect(await findAnything(stranger, 'refund')).toEqual([]);
  });

  it('for a key that reads leaves out what only people may see', async () => {
    const { actor } = await givenKey(workspace, ['read']);
    expect((await findAnything(actor, 'otto')).filter((each) => each.kind === 'person')).toEqual([]);
  });
});
