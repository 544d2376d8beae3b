import { expect, it } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { discardDraft } from '@/lib/services/drafts/discard-draft';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { submitDraft } from '@/lib/services/drafts/submit-draft';
import { givenSigner } from '@/lib/services/gates/testing/given-gates';
import { AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { aContract } from '@/lib/services/testing/a-contract';
import { refusal } from '@/lib/services/testing/refusal';
import { amendmentsWaiting } from './amendments-waiting';
import { answerLowering, chooseRoute } from './decide-route';
import { getAmendment } from './get-amendment';
import { rebaseAmendment } from './rebase-amendment';
import { adoptDraft, startAmendment } from './start-amendment';
import { amended, inProduction, NARROWER, submitted, versionOf } from './testing/given-amendment';

const YES = { consent: true, reason: 'G6 is enough.' };

it('where the GRC that the contract names asks for a shorter way, another one of GRC consents', async () => {
  const desk = await givenDesk();
  const { rows } = await db().query<{ email: string }>('SELECT email FROM person WHERE id = $1', [
    desk.team.grc.personId,
  ]);
  const ownership = { grc: rows[0]?.email ?? '' };
  await desk.walk(
    await desk.submit({ ownership, versioning: { contract: '1.0' } }),
    ...(['G1', 'G2', 'G3', 'G4', 'G5'] as const),
  );
  const other = await givenSigner(desk.workspace, ['grc'], { name: 'Another of GRC' });
  const number = await submitted(desk, { ...NARROWER, ownership }, '1.1');
  await chooseRoute(desk.team.grc, { number, route: 'g6', reason: 'Small.' });
  const { may, asked } = await getAmendment(other, number);
  expect(may.consent).toBe(true);
  expect(await amendmentsWaiting(other)).toHaveLength(1);
  await answerLowering(other, { ...YES, number, seen: asked?.seen ?? '' });
  expect((await getAmendment(other, number)).route).toBe('g6');
});

it('who wrote an amendment does not consent to its shorter way, though a colleague asks', async () => {
  const desk = await inProduction();
  const author = await givenSigner(desk.workspace, ['grc'], { name: 'Author of GRC' });
  const number = await submitted(desk, NARROWER, '1.1', author);
  await chooseRoute(desk.team.engineer, { number, route: 'g6', reason: 'Small.' });
  const { may, asked } = await getAmendment(author, number);
  expect(may.consent).toBe(false);
  expect(asked?.people.map((person) => person.name)).toEqual(['The grc']);
  expect(await amendmentsWaiting(author)).toEqual([]);
  const seen = asked?.seen ?? '';
  expect((await refusal(answerLowering(author, { ...YES, number, seen }))).code).toBe('forbidden');
  await answerLowering(desk.team.grc, { ...YES, number, seen });
  // A way that was raised is not shortened again without a reason, not even to one that is longer than computed.
  await chooseRoute(desk.team.sponsor, { number, route: 'scoping' });
  expect((await refusal(chooseRoute(desk.team.sponsor, { number, route: 'build' }))).code).toBe('invalid');
});

it('a way that was raised is shortened only with a reason, even to one longer than the computed', async () => {
  const desk = await inProduction();
  const number = await submitted(desk, { cost: { ...aContract().cost, perRun: 3 } }, '1.1');
  await chooseRoute(desk.team.sponsor, { number, route: 'scoping' });
  expect((await refusal(chooseRoute(desk.team.sponsor, { number, route: 'build' }))).code).toBe('invalid');
  expect(await chooseRoute(desk.team.sponsor, { number, route: 'build', reason: 'No scope changes.' })).toBe(
    'raised',
  );
});

it('what somebody writes while an amendment is brought up is not lost', async () => {
  const desk = await inProduction();
  const first = await submitted(desk, { cost: { ...aContract().cost, perRun: 3 } }, '1.1');
  const { number, draftId } = await amended(desk, NARROWER, '1.2');
  await desk.walk(await versionOf(desk, first), 'G6');
  const before = await getDraft(desk.team.sponsor, draftId);
  const edited = before.source.replace('Retail', 'Retail and online');
  expect(edited).not.toBe(before.source);
  let rebased: Promise<unknown> = Promise.resolve();
  await transact(async (client) => {
    await client.query('SELECT FROM contract_draft WHERE id = $1 FOR UPDATE', [draftId]);
    rebased = rebaseAmendment(desk.team.sponsor, { number });
    await new Promise((done) => setTimeout(done, 500));
    await client.query('UPDATE contract_draft SET source = $2, revision = revision + 1 WHERE id = $1', [
      draftId,
      edited,
    ]);
    await client.query(
      `INSERT INTO draft_revision (draft_id, revision, source, clauses) SELECT id, revision, source, '{}' FROM contract_draft WHERE id = $1`,
      [draftId],
    );
  });
  expect(await rebased).toMatchObject({ status: 'rebased' });
  expect((await getDraft(desk.team.sponsor, draftId)).source).toContain('Retail and online');
});

it.each([
  ['submitted', (desk: Desk, draft: string) => submitDraft(desk.team.sponsor, draft, { revision: 1 })],
  [
    'discarded',
    (desk: Desk, draft: string) => discardDraft(desk.team.sponsor, draft, { reason: 'Not needed.' }),
  ],
  ['made an amendment', (desk: Desk, draft: string) => adoptDraft(desk.team.sponsor, { draft })],
])(
  'a draft that is %s waits for its agent before it is held, as whatever ends or brings up an amendment does',
  async (what, act) => {
    const desk = await inProduction();
    const { sponsor } = desk.team;
    const draft =
      what === 'made an amendment'
        ? (await draftFromVersion(sponsor, { agent: AGENT })).id
        : (await startAmendment(sponsor, { agent: AGENT })).draftId;
    let acting: Promise<unknown> = Promise.resolve();
    await transact(async (client) => {
      await client.query('SELECT FROM agent WHERE workspace_id = $1 FOR NO KEY UPDATE', [desk.workspace.id]);
      acting = act(desk, draft);
      acting.catch(() => {});
      await new Promise((done) => setTimeout(done, 500));
      const held = client.query('SELECT FROM contract_draft WHERE id = $1 FOR UPDATE NOWAIT', [draft]);
      expect((await held).rowCount).toBe(1);
    });
    await acting;
  },
);
