import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { listNotifications } from '@/lib/services/notifications/list';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { addComment } from './add-comment';
import { editComment } from './edit-comment';
import { listThreads } from './list-threads';
import { settleThread } from './settle-thread';
import { startThread } from './start-thread';
import type { CommentSubject } from './subject';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let grc: Person;
let sponsor: Person;
let engineer: Person;
let auditor: Person;

beforeAll(async () => {
  workspace = await givenWorkspace();
  grc = await givenPerson(workspace, ['grc'], { name: 'Rasmus Lindqvist' });
  sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Miriam Osei' });
  engineer = await givenPerson(workspace, ['engineer'], { name: 'Tomas Brandt' });
  auditor = await givenPerson(workspace, ['auditor'], { name: 'Otto Falk' });
});

let count = 0;
async function anAgent(): Promise<GivenAgent> {
  count += 1;
  return givenAgent(workspace, aContract({ identity: { agent: `desk-${count}`, name: `Desk ${count}` } }));
}

async function nextVersion(agent: GivenAgent, label: string) {
  return givenVersion(
    workspace,
    agent,
    aContract({ identity: { agent: agent.name }, versioning: { contract: label } }),
  );
}

async function aDraft(agent: GivenAgent, createdBy: Person): Promise<CommentSubject> {
  const id = newId();
  await db().query(
    `INSERT INTO contract_draft (id, workspace_id, agent_id, source, base_version_id, origin, created_by_id)
     VALUES ($1, $2, $3, 'x: 1', $4, 'version', $5)`,
    [id, workspace.id, agent.id, agent.version.id, createdBy.personId],
  );
  return { kind: 'draft', id };
}

async function submit(draft: CommentSubject, version: { id: string }): Promise<void> {
  await db().query(
    `UPDATE contract_draft SET state = 'submitted', submitted_version_id = $2, ended_at = now() WHERE id = $1`,
    [draft.id, version.id],
  );
}

const version = (id: string): CommentSubject => ({ kind: 'version', id });
const say = (actor: Actor, subject: CommentSubject, body: string, over: object = {}) =>
  startThread(actor, { subject, clause: 'cost/perRun', kind: 'comment', body, ...over });
const clausesOf = async (actor: Actor, subject: CommentSubject) =>
  (await listThreads(actor, subject)).threads.map((thread) => thread.clause);
const told = async (person: Person) =>
  (await listNotifications(person)).notifications.map(({ kind, title, path }) => ({ kind, title, path }));

describe('a conversation about a clause', () => {
  it('names people, who are told where to go; who wrote in it is told of answers', async () => {
    const agent = await anAgent();
    const { id } = await say(grc, version(agent.version.id), 'Is this enough, @Miriam Osei?\n@nobody');
    await addComment(sponsor, { threadId: id, body: 'It is. See https://a.example/budget' });
    const [thread] = (await listThreads(grc, version(agent.version.id))).threads;
    expect(thread).toMatchObject({
      clause: 'cost/perRun',
      resolved: null,
      comments: [
        { by: { name: 'Rasmus Lindqvist', gone: false }, mine: true, mentions: ['Miriam Osei'] },
        { by: { name: 'Miriam Osei' }, mine: false },
      ],
    });
    const path = `/contracts/${agent.name}?version=1&thread=${id}#cost/perRun`;
    expect(await told(sponsor)).toContainEqual({
      kind: 'comment.mentioned',
      title: `Rasmus Lindqvist named you on cost/perRun in v1.0 of ${agent.version.contract.identity.name}`,
      path,
    });
    expect(await told(grc)).toContainEqual({
      kind: 'comment.replied',
      title: `Miriam Osei answered on cost/perRun in v1.0 of ${agent.version.contract.identity.name}`,
      path,
    });
  });

  it('goes on in the next version while it is open, and stays behind when it was resolved before', async () => {
    const agent = await anAgent();
    const open = await say(grc, version(agent.version.id), 'Still open', { clause: 'cost/perDay' });
    const done = await say(grc, version(agent.version.id), 'Done', { clause: 'cost/perMonth' });
    await settleThread(sponsor, { threadId: done.id, resolved: true });
    const second = await nextVersion(agent, '1.1');
    expect(await clausesOf(grc, version(second.id))).toEqual(['cost/perDay']);
    expect(await clausesOf(grc, version(agent.version.id))).toEqual(['cost/perDay', 'cost/perMonth']);
    expect((await listThreads(grc, version(second.id))).threads[0]).toMatchObject({ since: 1 });
    await settleThread(sponsor, { threadId: open.id, resolved: true });
    // It was resolved while this version was being read, so it is still there to read.
    expect(await clausesOf(grc, version(second.id))).toEqual(['cost/perDay']);
    // What is said of a later version is not put under an earlier one.
    await say(grc, version(second.id), 'New', { clause: 'cost/callsPerRun' });
    expect(await clausesOf(grc, version(agent.version.id))).toEqual(['cost/perDay', 'cost/perMonth']);
  });

  it('begun on a draft becomes one of the version it is submitted as', async () => {
    const agent = await anAgent();
    await say(grc, version(agent.version.id), 'From before', { clause: 'cost/perDay' });
    const draft = await aDraft(agent, engineer);
    await say(grc, draft, 'On the draft', { clause: 'cost/perRun' });
    expect(await clausesOf(engineer, draft)).toEqual(['cost/perDay', 'cost/perRun']);
    expect(await clausesOf(engineer, version(agent.version.id))).toEqual(['cost/perDay']);
    const second = await nextVersion(agent, '1.1');
    await submit(draft, second);
    expect(await clausesOf(engineer, version(second.id))).toEqual(['cost/perDay', 'cost/perRun']);
  });

  it('is edited by who wrote it alone, and then says so', async () => {
    const agent = await anAgent();
    await say(grc, version(agent.version.id), 'Frist');
    const comment = (await listThreads(grc, version(agent.version.id))).threads[0]?.comments[0];
    const commentId = comment?.id ?? '';
    await expect(editComment(sponsor, { commentId, body: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await editComment(grc, { commentId, body: 'First, @Tomas Brandt' });
    const after = (await listThreads(grc, version(agent.version.id))).threads[0]?.comments[0];
    expect(after).toMatchObject({ body: 'First, @Tomas Brandt', mentions: ['Tomas Brandt'] });
    expect(after?.editedAt).not.toBeNull();
    expect((await told(engineer)).map((each) => each.kind)).toContain('comment.mentioned');
  });

  it('keeps what was said by somebody who has left, under their name', async () => {
    const agent = await anAgent();
    const leaver = await givenPerson(workspace, ['qa'], { name: 'Lea Ver' });
    await say(leaver, version(agent.version.id), 'Bye');
    await db().query('UPDATE person SET disabled_at = now() WHERE id = $1', [leaver.personId]);
    const [thread] = (await listThreads(grc, version(agent.version.id))).threads;
    expect(thread?.comments[0]).toMatchObject({ by: { name: 'Lea Ver', gone: true }, body: 'Bye' });
  });

  it('refuses nothing, too much, what is no text, and a place that is no clause', async () => {
    const subject = version((await anAgent()).version.id);
    for (const body of ['', ' \n ', 'x'.repeat(4001), 'a\0b'])
      await expect(say(grc, subject, body)).rejects.toMatchObject({ code: 'invalid' });
    await expect(say(grc, subject, 'x', { clause: 'nowhere/at-all' })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(say(auditor, subject, 'x')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listThreads(auditor, subject)).mayWrite).toBe(false);
  });

  it('is nobody’s in another workspace', async () => {
    const agent = await anAgent();
    const { id } = await say(grc, version(agent.version.id), 'Ours');
    const other = await givenWorkspace();
    const stranger = await givenPerson(other, ['head-of-ai']);
    await expect(listThreads(stranger, version(agent.version.id))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(addComment(stranger, { threadId: id, body: 'x' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(settleThread(stranger, { threadId: id, resolved: true })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('a requested change', () => {
  it('stands in the way of putting a new version in force until who asked, or GRC, resolves it', async () => {
    const agent = await anAgent();
    const second = await nextVersion(agent, '1.1');
    const asked = await say(engineer, version(second.id), 'Too much', { kind: 'change-request' });
    expect((await listThreads(sponsor, version(second.id))).openRequests).toBe(1);
    await expect(putInForce(sponsor, { agent: agent.name, number: 2 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('cost/perRun'),
    });
    await expect(settleThread(sponsor, { threadId: asked.id, resolved: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await settleThread(engineer, { threadId: asked.id, resolved: true });
    await settleThread(grc, { threadId: asked.id, resolved: false });
    await settleThread(grc, { threadId: asked.id, resolved: true });
    await settleThread(grc, { threadId: asked.id, resolved: true });
    await putInForce(sponsor, { agent: agent.name, number: 2 });
    const { rows } = await db().query<{ action: string }>(
      `SELECT action FROM audit_entry WHERE workspace_id = $1 AND detail ->> 'thread' = $2 ORDER BY id`,
      [workspace.id, asked.id],
    );
    expect(rows.map((row) => row.action)).toEqual([
      'contract.change-requested',
      'contract.change-request-resolved',
      'contract.change-request-reopened',
      'contract.change-request-resolved',
    ]);
  });

  it('never keeps a version from coming back that has decided before', async () => {
    const agent = await anAgent();
    await nextVersion(agent, '1.1');
    await putInForce(sponsor, { agent: agent.name, number: 2 });
    await nextVersion(agent, '1.2');
    await putInForce(sponsor, { agent: agent.name, number: 3 });
    await say(grc, version(agent.version.id), 'Change this', { kind: 'change-request' });
    await putInForce(sponsor, { agent: agent.name, number: 2 });
  });

  it('of a person who has left can be lifted by those who may put in force', async () => {
    const agent = await anAgent();
    const leaver = await givenPerson(workspace, ['qa'], { name: 'Gone Soon' });
    const asked = await say(leaver, version(agent.version.id), 'Change', { kind: 'change-request' });
    await expect(settleThread(sponsor, { threadId: asked.id, resolved: true })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await db().query('DELETE FROM membership WHERE person_id = $1', [leaver.personId]);
    await settleThread(sponsor, { threadId: asked.id, resolved: true });
  });

  it('on a draft is told to who wrote it', async () => {
    const agent = await anAgent();
    const draft = await aDraft(agent, engineer);
    const { id } = await say(grc, draft, 'Lower it', { kind: 'change-request' });
    expect(await told(engineer)).toContainEqual({
      kind: 'comment.change-requested',
      title: `Rasmus Lindqvist asks for a change of cost/perRun in the draft of ${agent.version.contract.identity.name}`,
      path: `/contracts/drafts/${draft.id}?thread=${id}#cost/perRun`,
    });
  });
});
