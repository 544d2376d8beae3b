import { beforeEach, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { refusal } from '@/lib/services/testing/refusal';
import { changeView, removeView } from './change-view';
import { chooseColumns } from './choose-columns';
import { listViews } from './list-views';
import { saveView } from './save-view';

let workspace: GivenWorkspace;
let operator: Actor;
let grc: Actor;
let head: Actor;
let auditor: Actor;
beforeEach(async () => {
  workspace = await givenWorkspace();
  operator = await givenPerson(workspace, ['operator']);
  grc = await givenPerson(workspace, ['grc']);
  head = await givenPerson(workspace, ['head-of-ai']);
  auditor = await givenPerson(workspace, ['auditor']);
});

const save = (actor: Actor, name: string, query = '?band=high', shared = false) =>
  saveView(actor, { list: 'runs', name, query, shared });
const names = async (actor: Actor) => (await listViews(actor, 'runs')).views.map((view) => view.name);

describe('a saved view', () => {
  test('is its owner’s alone until it is shared', async () => {
    const { id } = await save(operator, 'Severe');
    expect(await names(operator)).toEqual(['Severe']);
    expect(await names(grc)).toEqual([]);
    await changeView(operator, { id, shared: true });
    expect(await names(grc)).toEqual(['Severe']);
    const [seen] = (await listViews(grc, 'runs')).views;
    expect(seen).toMatchObject({ shared: true, mine: false, mayChange: false, query: '?band=high' });
  });

  test('keeps what the list understands, without the place in its paging', async () => {
    const { query } = await save(
      operator,
      'Mine',
      '?after=abc&cols=agent,score,nonsense&sort=cost&agent=claims&band=purple&peek=1',
    );
    expect(query).toBe('?agent=claims&sort=cost&cols=agent%2Cscore%2Cnonsense');
  });

  test('has a name of its own, among one’s own and among the shared', async () => {
    await save(operator, 'Severe');
    expect(await refusal(save(operator, 'severe'))).toMatchObject({ code: 'conflict' });
    await save(grc, 'Severe', '?band=high', true);
    expect(await refusal(save(head, 'SEVERE', '', true))).toMatchObject({ code: 'conflict' });
    // Somebody's own may have the name that others share another under.
    await save(head, 'SEVERE');
    expect(await names(head)).toEqual(['SEVERE', 'Severe']);
  });

  test('two people who share one name at once do not both get it', async () => {
    const tries = await Promise.allSettled([
      save(operator, 'Severe', '', true),
      save(grc, 'Severe', '', true),
    ]);
    expect(tries.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is changed and removed by its owner, or by the head of AI once it is shared', async () => {
    const { id } = await save(operator, 'Severe');
    expect(await refusal(changeView(grc, { id, name: 'Mine now' }))).toMatchObject({ code: 'not_found' });
    expect(await refusal(removeView(head, id))).toMatchObject({ code: 'not_found' });
    await changeView(operator, { id, shared: true });
    await removeView(head, id);
    expect(await names(operator)).toEqual([]);
  });

  test('is shared only by those who may, and kept by everybody', async () => {
    expect(await refusal(save(auditor, 'For all', '', true))).toMatchObject({ code: 'forbidden' });
    const { id } = await save(auditor, 'For me');
    expect(await refusal(changeView(auditor, { id, shared: true }))).toMatchObject({ code: 'forbidden' });
    expect((await listViews(auditor, 'runs')).mayShare).toBe(false);
  });

  test('is not shared again by a change of its name that was begun before it was taken back', async () => {
    const { id } = await save(operator, 'Severe', '', true);
    const client = await db().connect();
    try {
      await client.query('BEGIN');
      await client.query('UPDATE saved_view SET shared = false WHERE id = $1', [id]);
      const renamed = changeView(operator, { id, name: 'Worst' });
      // It waits for the change that is under way.
      await new Promise((done) => setTimeout(done, 100));
      await client.query('COMMIT');
      await renamed;
    } finally {
      client.release();
    }
    const [view] = (await listViews(operator, 'runs')).views;
    expect(view).toMatchObject({ name: 'Worst', shared: false });
  });

  test('never shows in another workspace', async () => {
    const { id } = await save(operator, 'Severe', '', true);
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect(await names(stranger)).toEqual([]);
    expect(await refusal(removeView(stranger, id))).toMatchObject({ code: 'not_found' });
  });

  test('stands in the record with what it showed before and after', async () => {
    const { id } = await save(operator, 'Severe');
    await changeView(operator, { id, name: 'Worst', query: '?band=critical' });
    await removeView(operator, id);
    const { rows } = await db().query<{ action: string; detail: unknown }>(
      'SELECT action, detail FROM audit_entry WHERE subject = $1 ORDER BY id',
      [`view:${id}`],
    );
    expect(rows.map((row) => row.action)).toEqual(['view.saved', 'view.changed', 'view.removed']);
    expect(rows[1]?.detail).toMatchObject({
      before: { name: 'Severe', query: '?band=high' },
      after: { name: 'Worst', query: '?band=critical' },
    });
  });
});

test('the columns somebody chose come back to them and to nobody else', async () => {
  await chooseColumns(operator, { list: 'runs', columns: ['agent', 'score'] });
  await chooseColumns(operator, { list: 'runs', columns: ['score'] });
  expect((await listViews(operator, 'runs')).columns).toEqual(['score']);
  expect((await listViews(grc, 'runs')).columns).toBeNull();
  await chooseColumns(operator, { list: 'runs', columns: [] });
  expect((await listViews(operator, 'runs')).columns).toBeNull();
});
