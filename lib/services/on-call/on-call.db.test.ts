import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import type { Layer } from '@/lib/response/on-call';
import { ownersOf } from '@/lib/services/agents/owners';
import { lintContract } from '@/lib/services/contracts/lint-contract';
import { operatorsOnCall } from '@/lib/services/incidents/operators-on-call';
import { addPerson } from '@/lib/services/people/add-person';
import { findAnything } from '@/lib/services/search/find-anything';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { refusal } from '@/lib/services/testing/refusal';
import { addAbsence } from './add-absence';
import { addOverride } from './add-override';
import { archiveSchedule } from './archive-schedule';
import { cancelAbsence } from './cancel-absence';
import { cancelOverride } from './cancel-override';
import { changeSchedule } from './change-schedule';
import { createSchedule } from './create-schedule';
import { getSchedule } from './get-schedule';
import { listAbsences } from './list-absences';
import { listSchedules } from './list-schedules';
import { resolveOnCall } from './resolve';
import type { ScheduleInput } from './schedule-input';

const HOUR = 3_600_000;
type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let dana: Person;
let idris: Person;
let sam: Person;

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana' });
  idris = await givenPerson(workspace, ['sre'], { name: 'Idris' });
  sam = await givenPerson(workspace, ['sponsor'], { name: 'Sam' });
});

const ADDRESS = 'claims-oncall@example.com';
const layer = (over: Partial<Layer> = {}): Layer => ({
  id: 'all',
  name: 'All hours',
  people: [dana.personId, idris.personId],
  every: { count: 1, unit: 'weeks' },
  startsOn: '2026-01-12',
  handoverAt: '09:00',
  windows: [],
  ...over,
});
const input = (over: Partial<ScheduleInput> = {}): ScheduleInput => ({
  name: 'Claims',
  address: ADDRESS,
  timeZone: 'Europe/Berlin',
  layers: [layer()],
  ...over,
});
const make = async (over: Partial<ScheduleInput> = {}) => (await createSchedule(dana, input(over))).id;
const in_ = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const resolve = (address = ADDRESS, at: Date | string = new Date()) =>
  resolveOnCall(db(), workspace.id, address, new Date(at));
const names = async (...args: Parameters<typeof resolve>) =>
  (await resolve(...args)).people.map(({ name }) => name);
const fault = async (work: Promise<unknown>) => {
  const { code, message, issues } = await refusal(work);
  return `${code} ${issues.map((issue) => `${issue.path}: ${issue.message}`).join(' · ') || message}`;
};
const actions = async () =>
  (
    await db().query<{ action: string }>(
      'SELECT action FROM audit_entry WHERE workspace_id = $1 ORDER BY at, id',
      [workspace.id],
    )
  ).rows.map((row) => row.action);

describe('an address', () => {
  test('of a member is that member, in whatever case it is written', async () => {
    const { rows } = await db().query<{ email: string }>('SELECT email FROM person WHERE id = $1', [
      dana.personId,
    ]);
    const email = rows[0]?.email ?? '';
    expect(await resolve(email.toUpperCase())).toEqual({
      people: [{ id: dana.personId, name: 'Dana', email }],
      via: null,
      problem: null,
      away: [],
    });
    await addAbsence(dana, { personId: dana.personId, from: in_(-1), to: in_(2) });
    expect(await resolve(email)).toMatchObject({ people: [], problem: 'away', away: [{ name: 'Dana' }] });
    expect(await resolve(email, in_(3))).toMatchObject({ people: [{ name: 'Dana' }], problem: null });
    await db().query('UPDATE person SET disabled_at = now() WHERE id = $1', [dana.personId]);
    expect(await resolve(email)).toMatchObject({ people: [], problem: 'unknown' });
  });

  test('of a schedule is whoever is on call there at that minute', async () => {
    const id = await make();
    expect(await resolve(ADDRESS, '2026-11-23T07:59:59Z')).toMatchObject({ people: [{ name: 'Dana' }] });
    expect(await resolve('Claims-OnCall@example.com', '2026-11-23T08:00:00Z')).toEqual({
      people: [expect.objectContaining({ id: idris.personId, name: 'Idris' })],
      via: { id, name: 'Claims', address: ADDRESS },
      problem: null,
      away: [],
    });
  });

  test('nobody has is unknown, also when another workspace has it', async () => {
    await make();
    const elsewhere = await givenWorkspace();
    expect(await resolveOnCall(db(), elsewhere.id, ADDRESS, new Date())).toEqual({
      people: [],
      via: null,
      problem: 'unknown',
      away: [],
    });
  });

  test('of a schedule tells apart an hour that none covers and everybody being away', async () => {
    await make({
      layers: [layer({ windows: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }] })],
    });
    // A Saturday, then a Monday.
    expect(await resolve(ADDRESS, '2026-11-28T11:00Z')).toMatchObject({
      people: [],
      via: { name: 'Claims' },
      problem: 'nobody-on-call',
    });
    for (const personId of [dana.personId, idris.personId])
      await db().query(
        `INSERT INTO absence (id, workspace_id, person_id, starts_at, ends_at)
         VALUES (gen_random_uuid(), $1, $2, '2026-11-30', '2026-12-01')`,
        [workspace.id, personId],
      );
    expect(await resolve(ADDRESS, '2026-11-30T11:00Z')).toMatchObject({ people: [], problem: 'away' });
    expect((await resolve(ADDRESS, '2026-11-30T11:00Z')).away.map((each) => each.name).sort()).toEqual([
      'Dana',
      'Idris',
    ]);
  });

  test('passes over whoever was disabled or removed', async () => {
    await make();
    await db().query('DELETE FROM membership WHERE person_id = $1', [dana.personId]);
    expect(await names(ADDRESS, '2026-11-17T12:00Z')).toEqual(['Idris']);
    await db().query('UPDATE person SET disabled_at = now() WHERE id = $1', [idris.personId]);
    expect(await resolve(ADDRESS, '2026-11-17T12:00Z')).toMatchObject({ people: [], problem: 'away' });
  });

  test('cannot be a member’s and a schedule’s', async () => {
    const { rows } = await db().query<{ email: string }>('SELECT email FROM person WHERE id = $1', [
      dana.personId,
    ]);
    expect(await fault(createSchedule(dana, input({ address: rows[0]?.email.toUpperCase() ?? '' })))).toBe(
      'invalid address: This is Dana’s own address. A page to it must lead to one of you: give the schedule another.',
    );
    await make();
    expect(await fault(createSchedule(dana, input({ name: 'Other' })))).toBe(
      'invalid address: The schedule “Claims” has this address already.',
    );
    const head = await givenPerson(workspace, ['head-of-ai']);
    expect(
      await fault(addPerson(head, { name: 'New', email: ADDRESS, jobTitle: '', roles: ['operator'] })),
    ).toBe('invalid email: The on-call schedule “Claims” has this address. Give one of them another.');
  });

  test('goes to one of two schedules that want it at once', async () => {
    const made = await Promise.allSettled(
      [1, 2, 3, 4].map((n) => createSchedule(dana, input({ name: `Team ${n}` }))),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a schedule', () => {
  test('is refused with what is wrong at which field', async () => {
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    expect(await fault(make({ layers: [layer({ people: [] })] }))).toBe(
      'invalid layers.0.people: A rotation needs at least one person.',
    );
    expect(await fault(make({ layers: [layer({ people: [dana.personId, stranger.personId] })] }))).toBe(
      'invalid layers.0.people.1: Somebody in this rotation is not in this workspace, or is disabled. Take them out.',
    );
    expect(await fault(make({ timeZone: 'Berlin', name: ' ', address: 'claims' }))).toMatch(
      /^invalid timeZone: This is not a time zone.* name: Give the schedule a name\. · address: Give it an address/,
    );
    expect(await fault(createSchedule(sam, input()))).toMatch(/^forbidden/);
  });

  test('changes from then on, unless somebody changed it meanwhile', async () => {
    const id = await make();
    await changeSchedule(idris, {
      ...input({ layers: [layer({ people: [idris.personId] })] }),
      id,
      revision: 1,
    });
    expect(await names()).toEqual(['Idris']);
    expect(await fault(changeSchedule(dana, { ...input(), id, revision: 1 }))).toMatch(
      /^conflict Somebody changed/,
    );
    expect(await fault(changeSchedule(dana, { ...input(), id: 'nothing', revision: 1 }))).toMatch(
      /^not_found/,
    );
    expect(await actions()).toEqual(['on-call.schedule-created', 'on-call.schedule-changed']);
  });

  test('that a contract in force pages keeps its address and cannot be archived', async () => {
    const id = await make();
    const contract = aContract();
    const agent = await givenAgent(workspace, {
      ...contract,
      ownership: { ...contract.ownership, operator: ADDRESS },
    });
    expect(await fault(archiveSchedule(dana, { id }))).toMatch(
      /^conflict Contracts in force page this schedule/,
    );
    expect(
      await fault(changeSchedule(dana, { ...input({ address: 'other@example.com' }), id, revision: 1 })),
    ).toMatch(/^invalid address: Contracts in force page claims-oncall@example\.com/);
    expect((await getSchedule(sam, id)).agents).toMatchObject([{ name: agent.name }]);
    await db().query('UPDATE agent SET contract_version_id = NULL WHERE id = $1', [agent.id]);
    await archiveSchedule(dana, { id });
    expect(await resolve()).toMatchObject({ problem: 'unknown' });
    expect(await fault(getSchedule(sam, id))).toMatch(/^not_found/);
    // Its address is free again.
    await make();
  });

  test('shows its next four weeks to everybody, and nothing to another workspace', async () => {
    const id = await make();
    const now = new Date('2026-11-21T12:00Z');
    const schedule = await getSchedule(sam, id, now);
    expect(schedule.now).toMatchObject({ person: { name: 'Dana' }, to: '2026-11-23T08:00:00.000Z' });
    expect(schedule.next).toMatchObject({ person: { name: 'Idris' }, to: '2026-11-30T08:00:00.000Z' });
    expect(schedule.shifts).toHaveLength(5);
    expect(schedule.may).toEqual({ manage: false, takeShift: true });
    expect((await listSchedules(sam, now)).schedules).toMatchObject([
      { id, now: { person: { name: 'Dana' } }, gaps: [] },
    ]);
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    expect(await fault(getSchedule(stranger, id))).toMatch(/^not_found/);
    expect((await listSchedules(stranger)).schedules).toEqual([]);
  });

  test('is found by a few letters of its name or address', async () => {
    const id = await make();
    for (const text of ['clai', 'ONCALL@'])
      expect(await findAnything(sam, text)).toContainEqual({
        kind: 'schedule',
        ref: id,
        title: 'Claims',
        detail: ADDRESS,
        href: `/on-call/${id}`,
      });
    await archiveSchedule(dana, { id });
    expect(await findAnything(sam, 'oncall@')).toEqual([]);
  });

  test('tells ahead of time when nobody will be on call', async () => {
    const id = await make({
      layers: [
        layer({ people: [dana.personId], windows: [{ days: [1, 2, 3, 4, 5], from: '00:00', to: '00:00' }] }),
      ],
    });
    const { gaps, byLayer } = await getSchedule(sam, id, new Date('2026-11-18T12:00Z'));
    expect(gaps).toHaveLength(4);
    expect(gaps[0]).toMatchObject({
      from: '2026-11-20T23:00:00.000Z',
      to: '2026-11-22T23:00:00.000Z',
      why: { by: 'nobody', because: 'hours' },
    });
    expect(byLayer[0]?.shifts.every((shift) => shift.person !== null)).toBe(true);
  });
});

describe('an override', () => {
  test('puts somebody on call at once, and taken back leaves it to the rotation', async () => {
    const id = await make({ layers: [layer({ people: [dana.personId] })] });
    const made = await addOverride(sam, {
      scheduleId: id,
      personId: sam.personId,
      from: in_(-1),
      to: in_(1),
    });
    expect(await names()).toEqual(['Sam']);
    expect(await names(ADDRESS, in_(2))).toEqual(['Dana']);
    // What has passed stays as it was.
    expect(await names(ADDRESS, in_(-0.5))).toEqual(['Dana']);
    await cancelOverride(sam, { id: made.id });
    expect(await names()).toEqual(['Dana']);
    expect(await fault(cancelOverride(sam, { id: made.id }))).toMatch(/^conflict/);
    expect((await actions()).slice(1)).toEqual(['on-call.overridden', 'on-call.override-cancelled']);
  });

  test('made later goes before those of the same time, and says which', async () => {
    const id = await make({ layers: [layer({ people: [dana.personId] })] });
    const span = { scheduleId: id, from: in_(-1), to: in_(4) };
    await addOverride(dana, { ...span, personId: idris.personId });
    const later = await addOverride(dana, { ...span, personId: sam.personId, to: in_(1), reason: 'Swapped' });
    expect(later.before).toMatchObject([{ name: 'Idris' }]);
    expect(await names()).toEqual(['Sam']);
    expect(await names(ADDRESS, in_(2))).toEqual(['Idris']);
    const told = await db().query<{ title: string }>('SELECT title FROM notification WHERE person_id = $1', [
      sam.personId,
    ]);
    expect(told.rows[0]?.title).toMatch(/^Dana put you on call for Claims from /);
  });

  test('of somebody who is away does not hold, and says so', async () => {
    const id = await make({ layers: [layer({ people: [dana.personId] })] });
    await addAbsence(sam, { personId: sam.personId, from: in_(-1), to: in_(4) });
    const made = await addOverride(sam, {
      scheduleId: id,
      personId: sam.personId,
      from: in_(-1),
      to: in_(2),
    });
    expect(made.away).toHaveLength(1);
    expect(await resolve()).toMatchObject({ people: [{ name: 'Dana' }], away: [{ name: 'Sam' }] });
  });

  test('is refused with what is wrong with it', async () => {
    const id = await make();
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    const auditor = await givenPerson(workspace, ['auditor']);
    const add = (over: Partial<Parameters<typeof addOverride>[1]>, by: Actor = dana) =>
      fault(addOverride(by, { scheduleId: id, personId: dana.personId, from: in_(1), to: in_(2), ...over }));
    expect(await add({ to: in_(0.5) })).toBe('invalid to: It ends before it begins.');
    expect(await add({ from: in_(-3), to: in_(-2) })).toBe('invalid to: It would be over already.');
    expect(await add({ from: 'soon' })).toBe('invalid from: Say when it begins.');
    expect(await add({ to: in_(24 * 100) })).toBe('invalid to: At most 92 days at once.');
    expect(await add({ personId: stranger.personId })).toBe(
      'invalid personId: That person is not in this workspace.',
    );
    expect(await add({ scheduleId: 'x' })).toMatch(/^not_found/);
    expect(await add({}, sam)).toMatch(/^forbidden/);
    expect(await add({ personId: auditor.personId }, auditor)).toMatch(/^forbidden/);
  });
});

describe('an absence', () => {
  test('is passed over by every rotation until it ends or is taken back', async () => {
    await make({
      layers: [layer({ people: [dana.personId, idris.personId], every: { count: 52, unit: 'weeks' } })],
    });
    expect(await names()).toEqual(['Dana']);
    const { id } = await addAbsence(dana, {
      personId: dana.personId,
      from: in_(-1),
      to: in_(48),
      note: 'Holiday',
    });
    expect(await resolve()).toMatchObject({ people: [{ name: 'Idris' }], away: [{ name: 'Dana' }] });
    expect(await listAbsences(sam)).toMatchObject({
      absences: [{ person: { name: 'Dana' }, note: 'Holiday', mayCancel: false }],
      people: [{ name: 'Sam' }],
    });
    await cancelAbsence(dana, { id });
    expect(await names()).toEqual(['Dana']);
    expect((await listAbsences(idris)).absences).toEqual([]);
    expect(await fault(cancelAbsence(dana, { id }))).toMatch(/^conflict/);
    expect((await actions()).slice(1)).toEqual(['absence.added', 'absence.cancelled']);
  });

  test('is one’s own to enter, or an operator’s for anybody', async () => {
    const absence = { personId: dana.personId, from: in_(1), to: in_(2) };
    expect(await fault(addAbsence(sam, absence))).toMatch(/^forbidden/);
    const { id } = await addAbsence(idris, absence);
    expect(await fault(cancelAbsence(sam, { id }))).toMatch(/^forbidden/);
    await cancelAbsence(dana, { id });
    expect(await fault(addAbsence(dana, { ...absence, to: in_(0.5) }))).toBe(
      'invalid to: It ends before it begins.',
    );
  });
});

describe('where a contract names a schedule', () => {
  test('operators, owners and lint know it', async () => {
    const id = await make({ layers: [layer({ people: [dana.personId] })] });
    const contract = aContract();
    const { version } = await givenAgent(workspace, {
      ...contract,
      ownership: { ...contract.ownership, operator: 'Claims-oncall@example.com', escalation: [] },
    });
    expect(await operatorsOnCall(db(), workspace.id, version.contract)).toEqual([
      { id: dana.personId, name: 'Dana' },
    ]);
    expect((await ownersOf(workspace.id, version.contract)).operator).toEqual({
      email: 'Claims-oncall@example.com',
      name: 'Claims',
      schedule: { id, onCall: 'Dana' },
    });
    const findings = await lintContract(dana, version.contract);
    expect(findings.filter((each) => each.clause === 'ownership/operator')).toEqual([]);
  });

  test('with nobody on call every operator who is there is told', async () => {
    await make({ layers: [layer({ startsOn: '2099-01-01' })] });
    const contract = aContract();
    const { version } = await givenAgent(workspace, {
      ...contract,
      ownership: { ...contract.ownership, operator: ADDRESS },
    });
    const other = await givenPerson(workspace, ['operator'], { name: 'Olga' });
    await addAbsence(dana, { personId: dana.personId, from: in_(-1), to: in_(1) });
    expect(await operatorsOnCall(db(), workspace.id, version.contract)).toEqual([
      { id: other.personId, name: 'Olga' },
    ]);
  });
});
