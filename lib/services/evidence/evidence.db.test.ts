import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { sha256Hex } from '@/lib/evidence/digest';
import { evidenceDigest } from '@/lib/evidence/evidence-digest';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '../testing/given';
import { getEvidence } from './get-evidence';
import { listEvidence } from './list-evidence';
import { HISTORY_PAGE, listHistory } from './list-history';
import { type NewEvidence, recordEvidence } from './record-evidence';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let qa: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace);
  qa = await givenPerson(workspace, ['qa'], { name: 'Quinn' });
});

function record(over: Partial<NewEvidence> = {}, actor = qa): Promise<{ id: string; digest: string }> {
  return transact((client) =>
    recordEvidence(client, actor, {
      agentId: agent.id,
      contractVersionId: agent.version.id,
      kind: 'evals',
      title: 'Eval results',
      outcome: 'failed',
      summary: 'One criterion is not met.',
      clause: 'quality/criteria/right-amount',
      detail: { value: 0.53 },
      producedAt: new Date('2026-11-20T10:00:00.123Z'),
      origin: 'reported',
      ...over,
    }),
  );
}

describe('recording evidence', () => {
  it('stores it with a digest that the stored row gives again', async () => {
    const { id, digest } = await record({ detail: { value: 0.1 + 0.2, big: 1e30, text: 'a\0b\ud800' } });
    const stored = await getEvidence(qa, id);
    expect(stored).toMatchObject({
      id,
      digest,
      kind: 'evals',
      outcome: 'failed',
      producedAt: '2026-11-20T10:00:00.123Z',
      producedBy: { name: 'Quinn' },
      version: { id: agent.version.id, number: 1, label: '1.0' },
      agent: { name: 'refund-desk' },
      detail: { value: 0.1 + 0.2, big: 1e30, text: 'a\uFFFDb\uFFFD' },
    });
    expect(
      evidenceDigest({
        kind: stored.kind,
        version: stored.version?.digest ?? null,
        outcome: stored.outcome,
        summary: stored.summary,
        detail: stored.detail,
        time: new Date(stored.producedAt),
      }),
    ).toBe(digest);
  });

  it('writes who recorded what into the audit log', async () => {
    const { id, digest } = await record();
    const { rows } = await db().query(
      `SELECT action, actor_name, subject, detail FROM audit_entry WHERE detail ->> 'evidence' = $1`,
      [id],
    );
    expect(rows).toEqual([
      {
        action: 'evidence.recorded',
        actor_name: 'Quinn',
        subject: `agent:${agent.id}`,
        detail: expect.objectContaining({ digest, kind: 'evals', outcome: 'failed', version: 1 }),
      },
    ]);
  });

  it('keeps the bytes of the same file once', async () => {
    const bytes = Buffer.from('the same notes');
    const file = { name: 'notes.txt', mediaType: 'text/plain', bytes, digest: sha256Hex(bytes) };
    const first = await record({ kind: 'attachment', outcome: 'given', origin: 'attached', file });
    const second = await record({ kind: 'attachment', outcome: 'given', origin: 'attached', file });
    expect([first.digest, second.digest]).toEqual([file.digest, file.digest]);
    const { rows } = await db().query('SELECT bytes FROM evidence_file WHERE digest = $1', [file.digest]);
    expect(rows).toEqual([{ bytes }]);
  });

  it('cannot be changed or taken back by anyone', async () => {
    const { id } = await record();
    await expect(db().query(`UPDATE evidence SET outcome = 'passed' WHERE id = $1`, [id])).rejects.toThrow();
    await expect(db().query('DELETE FROM evidence WHERE id = $1', [id])).rejects.toThrow();
  });

  it('refuses agents of another workspace and versions of another agent', async () => {
    const other = await givenWorkspace();
    const stranger = await givenPerson(other, ['head-of-ai']);
    await expect(record({}, stranger)).rejects.toThrow('no such agent in this workspace');
    const elsewhere = await givenAgent(other);
    await expect(record({ contractVersionId: elsewhere.version.id })).rejects.toThrow('no such version');
  });
});

describe('listing evidence', () => {
  it('gives the newest of each kind by when it was found out, for the version and the agent itself', async () => {
    const mine = await givenAgentApart();
    const about = { agentId: mine.id, contractVersionId: mine.version.id };
    const late = await record({ ...about, producedAt: new Date('2026-11-20T12:00:00Z') });
    await record({ ...about, producedAt: new Date('2026-11-20T11:00:00Z') });
    const baseline = await record({ ...about, contractVersionId: null, kind: 'baseline', outcome: 'given' });
    const note = await record({ ...about, kind: 'attachment', outcome: 'given' });
    const listed = await listEvidence(qa, { agentId: mine.id, versionId: mine.version.id });
    expect(listed.newest.map((each) => each.id).sort()).toEqual([late.id, baseline.id].sort());
    expect(listed.attachments.map((each) => each.id)).toEqual([note.id]);
    const ofAgent = await listEvidence(qa, { agentId: mine.id, versionId: null });
    expect(ofAgent.newest.map((each) => each.id)).toEqual([baseline.id]);
  });

  it('pages through all that was ever recorded without losing or repeating a piece', async () => {
    const mine = await givenAgentApart();
    const ids: string[] = [];
    for (let count = 0; count < HISTORY_PAGE + 3; count += 1)
      ids.push((await record({ agentId: mine.id, contractVersionId: mine.version.id })).id);
    const first = await listHistory(qa, { agentId: mine.id });
    const second = await listHistory(qa, { agentId: mine.id, before: first.next ?? '' });
    expect([...first.evidence, ...second.evidence].map((each) => each.id)).toEqual(ids.reverse());
    expect(second.next).toBeNull();
    expect((await listHistory(qa, { agentId: mine.id, before: 'nonsense' })).evidence).toHaveLength(
      HISTORY_PAGE,
    );
    expect((await listHistory(qa, { agentId: mine.id, kind: 'lint' })).evidence).toEqual([]);
  });

  it('is for members of the workspace only', async () => {
    const { id } = await record();
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    await expect(getEvidence(stranger, id)).rejects.toThrow('no such evidence');
    await expect(getEvidence(qa, 'nonsense')).rejects.toThrow('no such evidence');
    expect((await listEvidence(stranger, { agentId: agent.id, versionId: null })).newest).toEqual([]);
  });
});

let count = 0;
async function givenAgentApart(): Promise<GivenAgent> {
  const { aContract } = await import('../testing/a-contract');
  count += 1;
  return givenAgent(workspace, aContract({ identity: { agent: `desk-${count}` } }));
}
