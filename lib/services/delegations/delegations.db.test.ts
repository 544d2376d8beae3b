import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import type { AppError } from '@/lib/errors';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { type GrantDelegation, grantDelegation } from './grant-delegation';
import { listDelegations } from './list-delegations';
import { revokeDelegation } from './revoke-delegation';

const DAY = 86_400_000;
type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let grc: Person;
let sme: Person;
let head: Person;

beforeEach(async () => {
  workspace = await givenWorkspace();
  grc = await givenPerson(workspace, ['grc'], { name: 'Rasmus' });
  sme = await givenPerson(workspace, ['sme'], { name: 'Ines' });
  head = await givenPerson(workspace, ['head-of-ai'], { name: 'Helena' });
});

const input = (over: Partial<GrantDelegation> = {}): GrantDelegation => ({
  toId: sme.personId,
  role: 'grc',
  reason: 'On leave until Monday.',
  endsAt: new Date(Date.now() + 5 * DAY).toISOString(),
  ...over,
});
const refusal = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('was not refused');
    },
    (error: AppError) => error,
  );

describe('a delegation', () => {
  test('is seen by both, told to whom it is given, and written down', async () => {
    const agent = await givenAgent(workspace);
    const { id } = await grantDelegation(grc, input({ agent: agent.name }));
    expect((await listDelegations(grc)).mine).toMatchObject([
      { id, to: { name: 'Ines' }, role: 'grc', agent: { name: agent.name }, active: true, mayRevoke: true },
    ]);
    expect((await listDelegations(sme)).toMe).toMatchObject([{ id, from: { name: 'Rasmus' } }]);
    expect((await listDelegations(head)).others).toMatchObject([{ id }]);
    expect((await listDelegations(grc)).others).toEqual([]);
    const { rows } = await db().query<{ title: string }>(
      'SELECT title FROM notification WHERE person_id = $1',
      [sme.personId],
    );
    expect(rows[0]?.title).toMatch(/^You may sign as GRC for Rasmus until /);
    const audit = await db().query<{ detail: unknown }>(
      "SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = 'delegation.granted'",
      [workspace.id],
    );
    expect(audit.rows[0]?.detail).toMatchObject({ from: 'Rasmus', to: 'Ines', role: 'grc' });
  });

  test('is refused with what is wrong with it', async () => {
    const auditor = await givenPerson(workspace, ['auditor'], { name: 'Aldo' });
    const stranger = await givenPerson(await givenWorkspace(), ['grc']);
    const fault = async (over: Partial<GrantDelegation>, by: Actor = grc) => {
      const { code, message, issues } = await refusal(grantDelegation(by, input(over)));
      return `${code} ${issues[0]?.path ?? ''}: ${message}`;
    };
    expect(await fault({ endsAt: new Date(Date.now() - 1).toISOString() })).toMatch(/^invalid endsAt/);
    expect(await fault({ endsAt: 'some day' })).toMatch(/^invalid endsAt/);
    expect(await fault({ endsAt: new Date(Date.now() + 400 * DAY).toISOString() })).toMatch(
      /^invalid endsAt: At most 180/,
    );
    expect(await fault({ reason: ' ' })).toMatch(/^invalid reason/);
    expect(await fault({ role: 'sponsor' })).toMatch(/^invalid role: Rasmus does not have the role sponsor/);
    expect(await fault({ toId: grc.personId })).toMatch(/^invalid toId: Nobody stands in for themselves/);
    expect(await fault({ toId: auditor.personId })).toMatch(/^invalid toId: Aldo audits/);
    expect(await fault({ toId: stranger.personId })).toMatch(/^invalid toId: That person is not a member/);
    expect(await fault({ agent: 'nobody' })).toMatch(/^not_found/);
    expect(await fault({ fromId: head.personId, role: 'head-of-ai' })).toMatch(/^forbidden/);
    expect(await fault({}, sme)).toMatch(/^forbidden/);
    await grantDelegation(grc, input());
    expect(await fault({})).toMatch(/^conflict : Ines stands in for Rasmus as GRC already/);
  });

  test('may be given for somebody else by the head of AI, and taken back by either or them', async () => {
    const give = () => grantDelegation(head, input({ fromId: grc.personId }));
    for (const who of [grc, sme, head]) {
      const { id } = await give();
      await revokeDelegation(who, id);
      expect((await refusal(revokeDelegation(who, id))).message).toBe('This delegation has ended already.');
    }
    const { id } = await give();
    const other = await givenPerson(workspace, ['operator']);
    expect((await refusal(revokeDelegation(other, id))).code).toBe('forbidden');
    const elsewhere = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect((await refusal(revokeDelegation(elsewhere, id))).code).toBe('not_found');
    expect((await refusal(revokeDelegation(head, 'no-id'))).code).toBe('not_found');
  });
});
