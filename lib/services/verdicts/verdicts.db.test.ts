import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { listWaiting } from '@/lib/services/inbox/list-waiting';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { getVerdicts } from './get-verdicts';
import { giveVerdict } from './give-verdict';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let agent: GivenAgent;
let sponsor: Person;
let grc: Person;
let otherGrc: Person;
let head: Person;
let number: number;
let attempt = 0;

beforeEach(async () => {
  workspace = await givenWorkspace();
  // People are known to all workspaces by their address.
  attempt += 1;
  const named = { sponsor: `sponsor-${attempt}@verdict.example`, grc: `grc-${attempt}@verdict.example` };
  sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Miriam Osei', email: named.sponsor });
  grc = await givenPerson(workspace, ['grc'], { name: 'Rasmus Lindqvist', email: named.grc });
  otherGrc = await givenPerson(workspace, ['grc'], { name: 'Another' });
  head = await givenPerson(workspace, ['head-of-ai'], { name: 'Helena Marsh' });
  agent = await givenAgent(workspace, aContract({ ownership: named }));
  number = await anIncident('resolved');
});

async function anIncident(
  state: 'open' | 'resolved',
  severity: 'medium' | 'critical' = 'critical',
): Promise<number> {
  const run = await givenRun(workspace, agent);
  return (await givenIncident(workspace, agent, run, { state, severity })).number;
}

const actions = async () => {
  const { rows } = await db().query<{ action: string }>(
    `SELECT action FROM audit_entry WHERE workspace_id = $1 AND action LIKE 'incident.%' ORDER BY id`,
    [workspace.id],
  );
  return rows.map((row) => row.action);
};

describe('a verdict on an incident', () => {
  it('is given by the sponsor and the GRC whom the contract names, and by nobody else', async () => {
    const other = await refusal(giveVerdict(otherGrc, { incident: number, role: 'grc', cause: 'contract' }));
    expect(other.code).toBe('forbidden');
    expect(other.message).toContain('Rasmus Lindqvist');
    const wrongRole = await refusal(
      giveVerdict(sponsor, { incident: number, role: 'grc', cause: 'contract' }),
    );
    expect(wrongRole.code).toBe('forbidden');
    await giveVerdict(grc, {
      incident: number,
      role: 'grc',
      cause: 'contract',
      clause: 'tools/x',
      note: 'Not foreseen.',
    });
    const { roles } = await getVerdicts(sponsor, number);
    expect(roles.map(({ role, mine, current }) => [role, mine, current?.cause ?? null])).toEqual([
      ['sponsor', true, null],
      ['grc', false, 'contract'],
    ]);
  });

  it('is settled once both say the same, which the record tells', async () => {
    expect(await giveVerdict(grc, { incident: number, role: 'grc', cause: 'contract' })).toEqual({
      settled: null,
    });
    expect(await giveVerdict(sponsor, { incident: number, role: 'sponsor', cause: 'contract' })).toEqual({
      settled: 'contract',
    });
    const standing = await getVerdicts(head, number);
    expect(standing).toMatchObject({
      settled: { cause: 'contract', by: 'agreed' },
      route: 'scoping',
      disagree: false,
      mayDecide: false,
    });
    expect(await actions()).toEqual([
      'incident.verdict-given',
      'incident.verdict-given',
      'incident.cause-settled',
    ]);
  });

  it('stands beside another one; the head of AI decides with a reason, and only where they differ', async () => {
    const early = await refusal(
      giveVerdict(head, { incident: number, role: 'head-of-ai', cause: 'contract', note: 'So.' }),
    );
    expect(early.code).toBe('conflict');
    await giveVerdict(sponsor, { incident: number, role: 'sponsor', cause: 'implementation' });
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'contract' });
    expect(await getVerdicts(head, number)).toMatchObject({ disagree: true, settled: null, mayDecide: true });
    expect(
      (await refusal(giveVerdict(head, { incident: number, role: 'head-of-ai', cause: 'contract' }))).code,
    ).toBe('invalid');
    expect(
      (
        await refusal(
          giveVerdict(grc, { incident: number, role: 'head-of-ai', cause: 'contract', note: 'I' }),
        )
      ).code,
    ).toBe('forbidden');
    await giveVerdict(head, {
      incident: number,
      role: 'head-of-ai',
      cause: 'contract',
      note: 'Neither version foresees it.',
    });
    expect(await getVerdicts(head, number)).toMatchObject({ settled: { cause: 'contract', by: 'decided' } });
    // Who comes round is heard: agreement holds over a decision.
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'implementation' });
    expect(await getVerdicts(head, number)).toMatchObject({
      settled: { cause: 'implementation', by: 'agreed' },
    });
    const late = await refusal(
      giveVerdict(head, { incident: number, role: 'head-of-ai', cause: 'contract', note: 'No.' }),
    );
    expect(late.message).toContain('agree');
  });

  it('of sponsor and GRC is not one person’s, who has both roles or stands in for one', async () => {
    const both = await givenPerson(workspace, ['sponsor', 'grc'], { name: 'Both' });
    const other = await givenPerson(workspace, ['grc'], { name: 'Third' });
    const unnamed = await givenAgent(workspace, aContract({ identity: { agent: 'second-desk' } }));
    const run = await givenRun(workspace, unnamed);
    const { number: second } = await givenIncident(workspace, unnamed, run, {
      state: 'resolved',
      severity: 'critical',
    });
    await giveVerdict(both, { incident: second, role: 'sponsor', cause: 'contract' });
    const told = await refusal(giveVerdict(both, { incident: second, role: 'grc', cause: 'contract' }));
    expect(told).toMatchObject({ code: 'conflict', message: expect.stringContaining('as sponsor') });
    const { roles, settled } = await getVerdicts(both, second);
    expect(settled).toBeNull();
    expect(roles.map((role) => role.mine)).toEqual([true, false]);
    expect(roles[1]?.people.map((person) => person.name)).not.toContain('Both');
    const titles = (await listWaiting(both)).map((item) => item.title);
    expect(titles.filter((title) => title.includes(`INC-${second} `))).toEqual([]);
    // They may think again, and the second word is somebody else's.
    await giveVerdict(both, { incident: second, role: 'sponsor', cause: 'parameter' });
    expect(await giveVerdict(other, { incident: second, role: 'grc', cause: 'parameter' })).toEqual({
      settled: 'parameter',
    });
  });

  it('is never changed: a later word takes its place and the earlier stays to be read', async () => {
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'parameter' });
    expect(
      (await refusal(giveVerdict(grc, { incident: number, role: 'grc', cause: 'parameter' }))).code,
    ).toBe('conflict');
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'contract' });
    const { roles } = await getVerdicts(grc, number);
    expect(roles[1]?.current?.cause).toBe('contract');
    expect(roles[1]?.earlier.map((verdict) => verdict.cause)).toEqual(['parameter']);
    await expect(db().query(`UPDATE incident_verdict SET cause = 'parameter'`)).rejects.toThrow();
    await expect(db().query('DELETE FROM incident_verdict')).rejects.toThrow();
  });

  it('is not to be had of another workspace', async () => {
    const stranger = await givenPerson(await givenWorkspace(), ['sponsor', 'grc', 'head-of-ai']);
    expect((await refusal(getVerdicts(stranger, number))).code).toBe('not_found');
    expect(
      (await refusal(giveVerdict(stranger, { incident: number, role: 'grc', cause: 'contract' }))).code,
    ).toBe('not_found');
  });

  it('waits in the inbox of the two until they have given it, once a severe incident is over', async () => {
    await anIncident('open');
    await anIncident('resolved', 'medium');
    const waiting = async (actor: Person) =>
      (await listWaiting(actor)).filter((item) => item.kind === 'verdict').map((item) => item.title);
    expect(await waiting(grc)).toEqual([`Say as GRC what was wrong in INC-${number} of Refund desk`]);
    expect(await waiting(sponsor)).toEqual([`Say as sponsor what was wrong in INC-${number} of Refund desk`]);
    expect(await waiting(otherGrc)).toEqual([]);
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'contract' });
    expect(await waiting(grc)).toEqual([]);
    expect(await waiting(sponsor)).toHaveLength(1);
  });

  it('is waited for no longer once both have given theirs', async () => {
    const waiting = async () =>
      (await listWaiting(sponsor)).filter((item) => item.kind === 'verdict').map((item) => item.path);
    const second = await anIncident('resolved');
    expect(await waiting()).toHaveLength(2);
    await giveVerdict(grc, { incident: number, role: 'grc', cause: 'contract' });
    await giveVerdict(sponsor, { incident: number, role: 'sponsor', cause: 'contract' });
    expect(await waiting()).toEqual([`/incidents/${second}`]);
    expect(await saidOf([number, second])).toEqual([true, false]);
  });
});

/** Whether each of these incidents has what it takes, by number. */
async function saidOf(numbers: readonly number[]): Promise<boolean[]> {
  const { rows } = await db().query<{ said: boolean }>(
    'SELECT verdict_said AS said FROM incident WHERE workspace_id = $1 AND number = ANY($2::int[]) ORDER BY number',
    [workspace.id, numbers],
  );
  return rows.map(({ said }) => said);
}
