import { beforeEach, describe, expect, test } from 'vitest';
import { grantDelegation } from '@/lib/services/delegations/grant-delegation';
import { revokeDelegation } from '@/lib/services/delegations/revoke-delegation';
import { refusal } from '@/lib/services/testing/refusal';
import { getReview } from './get-review';
import { getSignature } from './get-signature';
import { openReview } from './open-review';
import { beginAs, givenAllEvidence, givenSigner, signAs } from './testing/given-gates';
import { AGENT, type Desk, givenDesk } from './testing/refund-desk';

let workspace: Desk['workspace'];
let team: Desk['team'];
let submit: Desk['submit'];
let walk: Desk['walk'];

beforeEach(async () => {
  ({ workspace, team, submit, walk } = await givenDesk());
});

describe('separation of duties', () => {
  test('keeps who wrote the version from approving it, and who built it from running it', async () => {
    const author = await givenSigner(workspace, ['grc'], { name: 'Author' });
    const about = await submit({}, author);
    const builder = await givenSigner(workspace, ['engineer', 'sre'], { name: 'Builder' });
    await walk(about, 'G1', 'G2');
    await givenAllEvidence(workspace, about, 'G3');
    const g3 = await openReview(builder, { agent: AGENT, gate: 'G3' });
    await signAs(builder, g3.id, 'engineer');
    await signAs(team.qa, g3.id, 'qa');
    await givenAllEvidence(workspace, about, 'G4');
    const g4 = await openReview(builder, { agent: AGENT, gate: 'G4' });
    expect((await refusal(signAs(author, g4.id, 'grc'))).message).toBe(
      'Author wrote this version, so cannot sign it as GRC.',
    );
    await signAs(team.grc, g4.id, 'grc');
    await givenAllEvidence(workspace, about, 'G5');
    const g5 = await openReview(builder, { agent: AGENT, gate: 'G5' });
    expect((await refusal(signAs(builder, g5.id, 'sre'))).message).toBe(
      'Builder signed this version as engineering lead, so cannot sign it at G5.',
    );
  });

  test('lets the person sign whom the contract names, and somebody else only in their place', async () => {
    const named = await givenSigner(workspace, ['qa'], { name: 'Adaeze', email: 'qa@example.com' });
    const about = await submit();
    await walk({ ...about }, 'G1', 'G2');
    await givenAllEvidence(workspace, about, 'G3');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G3' });
    expect((await getReview(team.grc, id)).roles.find((role) => role.role === 'qa')?.may).toMatchObject([
      { person: { name: 'Adaeze' } },
    ]);
    expect((await refusal(signAs(team.qa, id, 'qa'))).message).toBe(
      'The contract names Adaeze as QA. Adaeze signs, or lets you stand in.',
    );
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const delegation = await grantDelegation(named, {
      toId: team.qa.personId,
      role: 'qa',
      reason: 'On leave.',
      endsAt: tomorrow,
    });
    const mine = (await getReview(team.qa, id)).mine.roles;
    expect(mine[0]).toMatchObject({ role: 'qa', onBehalfOf: { name: 'Adaeze' }, whyNot: null });
    const finish = await beginAs(team.qa, id, 'qa', { delegationId: delegation.id });
    await revokeDelegation(named, delegation.id);
    expect((await refusal(finish())).message).toBe('This delegation was taken back.');
    const again = await grantDelegation(named, {
      toId: team.qa.personId,
      role: 'qa',
      reason: 'On leave.',
      endsAt: tomorrow,
    });
    const { signatureId } = await signAs(team.qa, id, 'qa', { delegationId: again.id });
    expect(await getSignature(team.grc, signatureId)).toMatchObject({
      person: { name: 'The qa' },
      onBehalfOf: { name: 'Adaeze' },
      statement: { onBehalfOf: { email: 'qa@example.com' } },
    });
    expect((await refusal(signAs(named, id, 'qa'))).code).toBe('conflict');
  });

  test('does not end with a delegation: whoever stands in is bound by both', async () => {
    const author = await givenSigner(workspace, ['grc'], { name: 'Author' });
    const about = await submit({}, author);
    await walk(about, 'G1', 'G2', 'G3');
    await givenAllEvidence(workspace, about, 'G4');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G4' });
    const helper = await givenSigner(workspace, ['sme'], { name: 'Helper' });
    const endsAt = new Date(Date.now() + 86_400_000).toISOString();
    const fromAuthor = await grantDelegation(author, {
      toId: helper.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect((await refusal(signAs(helper, id, 'grc', { delegationId: fromAuthor.id }))).message).toBe(
      'Author wrote this version, so cannot sign it as GRC.',
    );
    const toBuilder = await grantDelegation(team.grc, {
      toId: team.engineer.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect((await refusal(signAs(team.engineer, id, 'grc', { delegationId: toBuilder.id }))).message).toBe(
      'The engineer signed this version as engineering lead, so cannot sign it at G4.',
    );
    const fromGrc = await grantDelegation(team.grc, {
      toId: helper.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect(await signAs(helper, id, 'grc', { delegationId: fromGrc.id })).toMatchObject({ passed: true });
  });
});
