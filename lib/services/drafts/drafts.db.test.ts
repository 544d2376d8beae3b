import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { MAX_SOURCE } from '@/lib/contract/parse';
import { db } from '@/lib/db/pool';
import { getContract } from '@/lib/services/contracts/get-contract';
import { importContract } from '@/lib/services/contracts/import-contract';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { refusal } from '@/lib/services/testing/refusal';
import { changeDraft, offerChange } from './change-draft';
import { createDraft } from './create-draft';
import { discardDraft } from './discard-draft';
import { draftFromVersion, nextLabel } from './draft-from-version';
import { getDraft } from './get-draft';
import { listDrafts } from './list-drafts';
import { notePresence } from './note-presence';
import { submitDraft } from './submit-draft';

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

const yaml = (changes: ContractChanges = {}) => stringify(aContract(changes), { lineWidth: 0 });
const TEXT = yaml();

const begin = (source = TEXT) => createDraft(sponsor, { subject: 'agent', source, origin: 'blank' });

describe('a draft', () => {
  it('may say anything: what is incomplete, no YAML at all, right-to-left names, pasted line ends', async () => {
    for (const source of ['', 'a: [', 'identity:\r\n  name: "مُعالِج 🧾"\r\n']) {
      const { id } = await begin(source);
      expect(await getDraft(operator, id)).toMatchObject({ revision: 1, state: 'open', mayWrite: false });
      expect((await getDraft(engineer, id)).source).toBe(source.replaceAll('\r\n', '\n'));
    }
    expect((await listDrafts(operator)).rows.map((row) => row.name)).toEqual([
      'مُعالِج 🧾',
      'Untitled draft',
      'Untitled draft',
    ]);
  });

  it('is refused, with the reason, when it could not be kept', async () => {
    expect((await refusal(begin('x'.repeat(10_000_000)))).message).toContain('10,000,000 characters');
    expect((await refusal(begin('a: \0'))).code).toBe('invalid');
    const { id } = await begin();
    const long = offerChange(sponsor, id, { revision: 1, source: 'x'.repeat(MAX_SOURCE + 1) });
    expect((await refusal(long)).code).toBe('invalid');
    expect((await getDraft(sponsor, id)).source).toBe(TEXT);
  });

  it('is written by sponsor, engineer, GRC and the head of AI, and read by all', async () => {
    const { id } = await begin();
    expect((await refusal(offerChange(operator, id, { revision: 1, source: 'x: 1' }))).code).toBe(
      'forbidden',
    );
    expect(
      (await refusal(createDraft(operator, { subject: 'agent', source: '', origin: 'blank' }))).code,
    ).toBe('forbidden');
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect((await refusal(getDraft(stranger, id))).code).toBe('not_found');
    expect((await refusal(offerChange(stranger, id, { revision: 1, source: 'x: 1' }))).code).toBe(
      'not_found',
    );
    expect((await refusal(getDraft(sponsor, 'nonsense'))).code).toBe('not_found');
  });

  it('of one agent is not seen by a key that speaks for another', async () => {
    await importContract(engineer, { source: TEXT, format: 'yaml', putInForce: false });
    const { id } = await draftFromVersion(sponsor, { agent: 'refund-desk' });
    const other = await givenVersionOf('other');
    const { actor } = await givenKey(workspace, ['author', 'read'], { id: other });
    expect((await refusal(getDraft(actor, id))).code).toBe('not_found');
    expect((await listDrafts(actor)).rows).toEqual([]);
    expect((await refusal(createDraft(actor, { subject: 'agent', source: '', origin: 'code' }))).code).toBe(
      'forbidden',
    );
  });
});

async function givenVersionOf(agent: string): Promise<string> {
  await importContract(engineer, {
    source: yaml({ identity: { agent } }),
    format: 'yaml',
    putInForce: false,
  });
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2',
    [workspace.id, agent],
  );
  return rows[0]?.id ?? '';
}

describe('a change of a draft', () => {
  it('made on the newest text is kept, with its clauses and author', async () => {
    const { id } = await begin();
    const kept = await offerChange(engineer, id, {
      revision: 1,
      source: TEXT.replace('perRun: 0.5', 'perRun: 2'),
    });
    expect(kept).toMatchObject({ status: 'kept', revision: 2, merged: false });
    expect(await getDraft(operator, id, 1)).toMatchObject({
      revision: 2,
      updatedBy: 'Tomas',
      changes: [{ revision: 2, clauses: ['cost/perRun'], by: { name: 'Tomas' } }],
    });
  });

  it('made on an older text is merged with what others changed meanwhile', async () => {
    const { id } = await begin();
    await offerChange(engineer, id, { revision: 1, source: TEXT.replace('perRun: 0.5', 'perRun: 2') });
    const kept = await offerChange(sponsor, id, {
      revision: 1,
      source: TEXT.replace('perDay: 100', 'perDay: 50'),
    });
    expect(kept).toMatchObject({ status: 'kept', revision: 3, merged: true });
    expect((await getDraft(operator, id)).source).toBe(
      TEXT.replace('perRun: 0.5', 'perRun: 2').replace('perDay: 100', 'perDay: 50'),
    );
  });

  it('that others contradict is not kept: both values are the answer, and nothing of theirs is lost', async () => {
    const { id } = await begin();
    const theirs = TEXT.replace('perRun: 0.5', 'perRun: 3');
    await offerChange(engineer, id, { revision: 1, source: theirs });
    const mine = { revision: 1, source: TEXT.replace('perRun: 0.5', 'perRun: 2') };
    expect(await offerChange(sponsor, id, mine)).toMatchObject({
      status: 'conflict',
      revision: 2,
      source: theirs,
      conflicts: [{ clause: 'cost/perRun', base: 0.5, mine: 2, theirs: 3 }],
    });
    expect((await getDraft(operator, id)).source).toBe(theirs);
    expect(await refusal(changeDraft(sponsor, id, mine))).toMatchObject({
      code: 'conflict',
      issues: [{ path: 'cost/perRun' }],
    });
  });

  it('by many at once, each to a clause of its own, loses none', async () => {
    const { id } = await begin();
    const changes = [
      ['perRun: 0.5', 'perRun: 7'],
      ['perDay: 100', 'perDay: 7'],
      ['perMonth: 2000', 'perMonth: 7'],
      ['callsPerRun: 40', 'callsPerRun: 7'],
      ['repeatedCalls: 3', 'repeatedCalls: 7'],
    ] as const;
    await Promise.all(
      changes.map(([from, to], index) =>
        offerChange(index % 2 === 0 ? sponsor : engineer, id, {
          revision: 1,
          source: TEXT.replace(from, to),
        }),
      ),
    );
    const { source, revision } = await getDraft(operator, id);
    expect(revision).toBe(6);
    expect(source).toBe(changes.reduce((text, [from, to]) => text.replace(from, to), TEXT));
  });

  it('that changes nothing makes no revision; one made on a revision there is not yet is refused', async () => {
    const { id } = await begin();
    expect(await offerChange(sponsor, id, { revision: 1, source: TEXT })).toMatchObject({
      revision: 1,
      merged: false,
    });
    expect((await refusal(offerChange(sponsor, id, { revision: 9, source: 'a: 1' }))).code).toBe('invalid');
  });

  it('of text that does not read is kept as it is; against another change on the same line both are shown', async () => {
    const { id } = await begin();
    const broken = TEXT.replace('perRun: 0.5', 'perRun: [0.5');
    expect(await offerChange(sponsor, id, { revision: 1, source: broken })).toMatchObject({
      status: 'kept',
      revision: 2,
    });
    const other = TEXT.replace('perRun: 0.5', 'perRun: 1');
    expect(await offerChange(engineer, id, { revision: 1, source: other })).toMatchObject({
      status: 'conflict',
      conflicts: [{ clause: '', mine: other, theirs: broken }],
    });
  });

  it('made on a text so old that it is kept no more is asked about, not lost', async () => {
    const { id } = await begin();
    await offerChange(engineer, id, { revision: 1, source: TEXT.replace('perRun: 0.5', 'perRun: 3') });
    await db().query('DELETE FROM draft_revision WHERE draft_id = $1 AND revision = 1', [id]);
    const mine = TEXT.replace('perDay: 100', 'perDay: 50');
    expect(await offerChange(sponsor, id, { revision: 1, source: mine })).toMatchObject({
      status: 'conflict',
      conflicts: [{ clause: '', mine }],
    });
  });
});

describe('submitting a draft', () => {
  it('makes the next version of its agent and ends the draft', async () => {
    const first = await importContract(engineer, { source: TEXT, format: 'yaml', putInForce: false });
    const { id } = await draftFromVersion(sponsor, { agent: first.agent, number: first.number });
    const draft = await getDraft(sponsor, id);
    expect(draft).toMatchObject({
      agent: { name: 'refund-desk' },
      base: { number: 1, label: '1.0' },
      origin: 'version',
    });
    expect(draft.source).toBe(TEXT.replace('contract: "1.0"', 'contract: "1.1"'));
    expect(await submitDraft(sponsor, id, { revision: 1 })).toEqual({ agent: 'refund-desk', number: 2 });
    expect((await getContract(operator, 'refund-desk', 2)).source).toBe(draft.source);
    expect(await getDraft(sponsor, id)).toMatchObject({
      state: 'submitted',
      mayWrite: false,
      submitted: { agent: 'refund-desk', number: 2 },
    });
    expect((await refusal(offerChange(sponsor, id, { revision: 1, source: 'a: 1' }))).message).toContain(
      'never changes',
    );
    expect((await listDrafts(operator)).rows).toEqual([]);
  });

  it('with faults stores nothing, names each, and the draft stays open', async () => {
    const { id } = await begin(TEXT.replace('perRun: 0.5', 'perRun: -1').replace('high: 30', 'high: 5'));
    const error = await refusal(submitDraft(sponsor, id, { revision: 1 }));
    expect(error.issues.map((issue) => issue.path).sort()).toEqual(['cost/perRun', 'risk/thresholds']);
    expect((await getDraft(sponsor, id)).state).toBe('open');
  });

  it('of a text the person has not seen is refused', async () => {
    const { id } = await begin();
    await offerChange(engineer, id, { revision: 1, source: TEXT.replace('perRun: 0.5', 'perRun: 3') });
    expect((await refusal(submitDraft(sponsor, id, { revision: 1 }))).code).toBe('conflict');
  });

  it('for another agent than it was begun for, or for the defaults, is refused', async () => {
    await importContract(engineer, { source: TEXT, format: 'yaml', putInForce: false });
    const { id } = await draftFromVersion(sponsor, { agent: 'refund-desk' });
    const { source } = await getDraft(sponsor, id);
    for (const agent of ['other-desk', 'workspace-defaults']) {
      const { revision } = await getDraft(sponsor, id);
      await changeDraft(sponsor, id, {
        revision,
        source: source.replace('agent: refund-desk', `agent: ${agent}`),
      });
      const error = await refusal(submitDraft(sponsor, id, { revision: revision + 1 }));
      expect(error.issues).toMatchObject([{ path: 'identity/agent', expected: 'refund-desk' }]);
    }
  });

  it('that says what a version says already is refused', async () => {
    await importContract(engineer, { source: TEXT, format: 'yaml', putInForce: false });
    const { id } = await begin(`# the same\n${TEXT}`);
    expect((await refusal(submitDraft(sponsor, id, { revision: 1 }))).message).toContain('nothing to submit');
  });
});

describe('discarding a draft', () => {
  it('keeps its text readable and its reason in the audit log', async () => {
    const { id } = await begin();
    await discardDraft(sponsor, id, { reason: 'Started from the wrong template.' });
    expect(await getDraft(operator, id)).toMatchObject({ state: 'discarded', source: TEXT });
    const { rows } = await db().query(
      'SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = $2',
      [workspace.id, 'draft.discarded'],
    );
    expect(rows).toMatchObject([{ detail: { reason: 'Started from the wrong template.' } }]);
    expect((await refusal(discardDraft(sponsor, id, { reason: 'again' }))).code).toBe('conflict');
  });
});

describe('who has a draft open', () => {
  it('is seen by the others, with the clause they are at, until they leave', async () => {
    const { id } = await begin();
    await notePresence(engineer, id, { clause: 'cost/perRun' });
    await notePresence(operator, id, { clause: null });
    expect((await getDraft(sponsor, id)).present).toMatchObject([
      { name: 'The operator', clause: null },
      { name: 'Tomas', clause: 'cost/perRun' },
    ]);
    expect((await listDrafts(sponsor)).rows[0]?.present).toEqual(['The operator', 'Tomas']);
    await notePresence(engineer, id, false);
    expect((await getDraft(sponsor, id)).present.map((each) => each.name)).toEqual(['The operator']);
  });
});

describe('the next label', () => {
  it.each([
    ['1.3', ['1.3'], '1.4'],
    ['1.9', ['1.9', '1.10'], '1.11'],
    ['7', [], '8'],
    ['spring', ['spring'], 'spring 2'],
    ['v2', ['v2', 'v3'], 'v4'],
  ])('after %s, with %j taken, is %s', (label, taken, next) => {
    expect(nextLabel(label, taken)).toBe(next);
  });
});
