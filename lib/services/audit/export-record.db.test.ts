import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { envelopeOf } from '@/lib/evidence/dsse';
import { SIGNATURE_TYPE, statementDigest, statementOf, statementText } from '@/lib/evidence/statement';
import { passkeyOf, verifyText } from '@/lib/evidence/testing/an-export';
import { recordEvidence } from '../evidence/record-evidence';
import { listInstanceKeys } from '../instance-keys/list-keys';
import { rotateInstanceKey } from '../instance-keys/rotate-key';
import { signWithInstance } from '../instance-keys/sign';
import { aContract } from '../testing/a-contract';
import { type GivenAgent, givenAgent, givenPerson, givenWorkspace } from '../testing/given';
import { appendAudit } from './append';
import { auditQuerySchema } from './audit-query';
import { exportRecord } from './export-record';
import { sealEntries } from './seal-entries';

const ALL = auditQuerySchema.parse({});

async function exported(
  actor: Actor,
  query: Partial<typeof ALL> = {},
  options: { files?: boolean } = {},
): Promise<string> {
  let text = '';
  for await (const piece of exportRecord(actor, { ...ALL, ...query }, options)) text += piece;
  return text;
}

async function faultOf(actor: Actor) {
  const result = verifyText(await exported(actor));
  return 'fault' in result ? result.fault : null;
}

/** What only somebody who may switch triggers off can do. */
async function asSuperuser(sql: string, values: unknown[] = []): Promise<void> {
  await transact(async (client) => {
    await client.query('SET LOCAL session_replication_role = replica');
    const done = await client.query(sql, values);
    expect(done.rowCount).toBeGreaterThan(0);
  });
}

/** A workspace with an agent whose G4 was passed on a piece of evidence, by a passkey, and its stage changed. */
async function givenRecord() {
  const workspace = await givenWorkspace();
  const grc = await givenPerson(workspace, ['grc'], {
    name: 'Priya Nair',
    email: `p-${newId()}@example.com`,
  });
  const head = await givenPerson(workspace, ['head-of-ai', 'auditor']);
  const agent = await givenAgent(workspace, aContract());
  await transact(async (client) => {
    const evidence = await recordEvidence(client, grc, {
      agentId: agent.id,
      contractVersionId: agent.version.id,
      kind: 'backtest',
      title: 'Backtest',
      outcome: 'given',
      summary: '3 of 200 runs differ – “é”.',
      detail: { runs: 200, share: 0.015, list: [1e21, 1e-7, { b: 1, a: 2 }] },
      producedAt: new Date(),
      origin: 'computed',
    });
    await passG4(client, workspace.id, agent, grc, evidence.digest);
    for (let index = 0; index < 30; index += 1)
      await appendAudit(client, [
        {
          workspaceId: workspace.id,
          actor: workspace.system,
          action: 'run.paused',
          subject: `run:${index}`,
          detail: { index },
        },
      ]);
  });
  return { workspace, agent, grc, head };
}

async function passG4(
  client: Parameters<Parameters<typeof transact>[0]>[0],
  workspace: string,
  agent: GivenAgent,
  grc: Extract<Actor, { kind: 'person' }>,
  evidence: string,
): Promise<void> {
  const [review, signature, change, passkeyId] = [newId(), newId(), newId(), newId()];
  await client.query(
    `INSERT INTO gate_review (id, workspace_id, agent_id, gate, contract_version_id, subject_digest, state, roles,
       opened_at, expires_at, closed_at)
     VALUES ($1, $2, $3, 'G4', $4, $5, 'passed', '{grc}', now(), now() + interval '7 days', now())`,
    [review, workspace, agent.id, agent.version.id, agent.version.digest],
  );
  const passkey = passkeyOf('ES256');
  await client.query(
    `INSERT INTO passkey (id, person_id, credential_id, public_key, rp_id, name, created_at)
     VALUES ($1, $2, $3, $4, 'localhost', 'MacBook', now())`,
    [passkeyId, grc.personId, `c-${passkeyId}`, passkey.publicCose],
  );
  const { rows } = await client.query('SELECT email FROM person WHERE id = $1', [grc.personId]);
  const statement = statementOf({
    workspace,
    agent: agent.name,
    gate: 'G4',
    review,
    subject: { name: `${agent.name} v1`, digest: { sha256: agent.version.digest } },
    role: 'grc',
    meaning: 'I approve it for rollout, as GRC.',
    evidence: [{ kind: 'backtest', digest: evidence }],
    signer: { id: grc.personId, name: grc.name, email: rows[0].email },
    method: 'passkey',
    signedAt: new Date().toISOString(),
  });
  const payload = statementText(statement);
  const envelope = envelopeOf(SIGNATURE_TYPE, payload, [
    await signWithInstance(client, SIGNATURE_TYPE, payload),
    { ...passkey.assert(SIGNATURE_TYPE, payload), keyid: `passkey:c-${passkeyId}` },
  ]);
  await client.query(
    `INSERT INTO signature (id, workspace_id, gate_review_id, person_id, role, meaning, statement, statement_digest,
       envelope, method, passkey_id, signed_at)
     VALUES ($1, $2, $3, $4, 'grc', $5, $6, $7, $8, 'passkey', $9, $10)`,
    [
      signature,
      workspace,
      review,
      grc.personId,
      statement.meaning,
      JSON.stringify(statement),
      statementDigest(statement),
      JSON.stringify(envelope),
      passkeyId,
      statement.signedAt,
    ],
  );
  await client.query(
    `INSERT INTO stage_change (id, workspace_id, agent_id, from_stage, to_stage, kind, gate, gate_review_id, at)
     VALUES ($1, $2, $3, 'review', 'rollout', 'gate', 'G4', $4, now())`,
    [change, workspace, agent.id, review],
  );
  const told = { agent: agent.name, gate: 'G4', review };
  await appendAudit(
    client,
    [
      {
        action: 'gate.signed',
        detail: { ...told, role: 'grc', signature, statement: statementDigest(statement) },
      },
      { action: 'gate.passed', detail: told },
      {
        action: 'agent.stage-changed',
        detail: {
          change,
          from: 'review',
          to: 'rollout',
          kind: 'gate',
          gate: 'G4',
          cause: null,
          reason: null,
          clause: null,
        },
      },
    ].map((entry) => ({ workspaceId: workspace, actor: grc, subject: `agent:${agent.id}`, ...entry })),
  );
}

test('a whole record verifies offline: keys, contracts, evidence, reviews, signatures, stages, entries, checkpoints', async () => {
  const { head } = await givenRecord();
  const keys = await listInstanceKeys(head);
  const text = await exported(head);
  expect(verifyText(text, { trusted: [keys[0]?.id ?? ''] })).toMatchObject({
    verified: {
      trusted: true,
      filter: null,
      entries: 35,
      counts: {
        passkey: 1,
        contract: 1,
        evidence: 1,
        review: 1,
        signature: 1,
        stageChange: 1,
        checkpoint: 1,
      },
    },
  });
  const last = text
    .trimEnd()
    .split('\n')
    .findLast((line) => line.startsWith('{"entry"'));
  expect(last).toContain('"action":"audit.exported"');
});

test('what an older key signed verifies after the key was rotated', async () => {
  const { head } = await givenRecord();
  await exported(head);
  const [key] = await listInstanceKeys(head);
  const { id } = await rotateInstanceKey(head, { retiring: key?.id ?? '', reason: 'yearly' });
  expect(verifyText(await exported(head), { trusted: [id] })).toMatchObject({ verified: { trusted: true } });
  expect(verifyText(await exported(head), { trusted: [key?.id ?? ''] })).toMatchObject({
    fault: { code: 'foreign-key' },
  });
});

test('a filtered export gives the digests of what it leaves out, so that its chain closes', async () => {
  const { head } = await givenRecord();
  const text = await exported(head, { action: 'gate' });
  expect(verifyText(text)).toMatchObject({ verified: { entries: 35, filter: { action: 'gate' } } });
  expect(text.match(/^\{"entry":/gm)).toHaveLength(2);
  expect(text.match(/^\{"digest":/gm)).toHaveLength(33);
  expect(text).not.toContain('{"contract"');
  const one = await exported(head, { subject: 'run:7', from: '2000-01-01' });
  expect(one.match(/^\{"entry":/gm)).toHaveLength(1);
  expect(verifyText(one)).toMatchObject({ verified: {} });
});

test('a record of several pages and checkpoints verifies', async () => {
  const workspace = await givenWorkspace();
  const auditor = await givenPerson(workspace, ['auditor']);
  await transact((client) =>
    appendAudit(
      client,
      Array.from({ length: 2500 }, (_, index) => ({
        workspaceId: workspace.id,
        actor: workspace.system,
        action: 'run.paused',
        subject: `run:${index}`,
        detail: { index },
      })),
    ),
  );
  expect(verifyText(await exported(auditor))).toMatchObject({
    verified: { entries: 2501, counts: { checkpoint: 3 } },
  });
});

test('an export beside writers is of one moment, and verifies', async () => {
  const { head, workspace } = await givenRecord();
  let writing = true;
  const writer = (async () => {
    while (writing)
      await appendAudit(db(), [
        { workspaceId: workspace.id, actor: workspace.system, action: 'run.paused', subject: 'run:x' },
      ]);
  })();
  try {
    for (let turn = 0; turn < 5; turn += 1)
      expect(verifyText(await exported(head))).toMatchObject({ verified: {} });
  } finally {
    writing = false;
    await writer;
  }
});

test('a row changed by hand is found, and named', async () => {
  const cases: [string, string, object][] = [
    [
      'an entry',
      `UPDATE audit_entry SET actor_name = 'Nobody' WHERE workspace_id = $1 AND subject = 'run:9'`,
      { code: 'changed', seq: 14 },
    ],
    [
      'its time, by a microsecond',
      `UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE workspace_id = $1 AND subject = 'run:9'`,
      { code: 'changed', seq: 14 },
    ],
    [
      'its detail',
      `UPDATE audit_entry SET detail = '{"index":10}' WHERE workspace_id = $1 AND subject = 'run:9'`,
      { code: 'changed', seq: 14 },
    ],
    [
      'an entry deleted',
      `DELETE FROM audit_entry WHERE workspace_id = $1 AND subject = 'run:9'`,
      { code: 'gone', seq: 14 },
    ],
    [
      'an entry deleted with its link',
      `WITH e AS (DELETE FROM audit_entry WHERE workspace_id = $1 AND subject = 'run:9' RETURNING id) DELETE FROM audit_link l USING e WHERE l.entry_id = e.id`,
      { code: 'missing', seq: 14 },
    ],
    [
      'an entry slipped in among older ones',
      `INSERT INTO audit_entry (id, workspace_id, actor, actor_name, action, subject) VALUES (-1, $1, 'system', 'x', 'run.paused', 'x')`,
      { code: 'unsealed' },
    ],
    [
      'a contract',
      `UPDATE contract_version SET document = document || '{"x":1}' WHERE workspace_id = $1`,
      { code: 'contract' },
    ],
    ['evidence', `UPDATE evidence SET outcome = 'passed' WHERE workspace_id = $1`, { code: 'evidence' }],
    ['evidence deleted', `DELETE FROM evidence WHERE workspace_id = $1`, { code: 'signature' }],
    [
      'a signature’s meaning',
      `UPDATE signature SET meaning = 'I approve everything.' WHERE workspace_id = $1`,
      { code: 'signature' },
    ],
    ['a signature deleted', `DELETE FROM signature WHERE workspace_id = $1`, { code: 'contradiction' }],
    [
      'a passage',
      `UPDATE gate_review SET state = 'declined' WHERE workspace_id = $1`,
      { code: 'contradiction' },
    ],
    [
      'a stage',
      `UPDATE stage_change SET to_stage = 'production' WHERE workspace_id = $1`,
      { code: 'contradiction' },
    ],
    [
      'a passkey',
      `UPDATE passkey SET public_key = decode('${passkeyOf('EdDSA').publicCose.toString('hex')}', 'hex') WHERE id = (SELECT passkey_id FROM signature WHERE workspace_id = $1)`,
      { code: 'signature' },
    ],
  ];
  for (const [what, sql, fault] of cases) {
    const { workspace, head } = await givenRecord();
    expect(await faultOf(head), what).toBeNull();
    await asSuperuser(sql, [workspace.id]);
    expect(await faultOf(head), what).toMatchObject(fault);
  }
});

test('an entry changed together with all links after it contradicts the checkpoint', async () => {
  const { workspace, head } = await givenRecord();
  await exported(head);
  await transact(async (client) => {
    await client.query('SET LOCAL session_replication_role = replica');
    await client.query(
      `UPDATE audit_entry SET actor_name = 'Nobody' WHERE workspace_id = $1 AND subject = 'run:9'`,
      [workspace.id],
    );
    await client.query('DELETE FROM audit_link WHERE workspace_id = $1', [workspace.id]);
    await client.query('UPDATE audit_mark SET settled = 0');
  });
  await sealEntries();
  expect(await faultOf(head)).toMatchObject({ code: 'checkpoint', seq: 35 });
});

test('the digest of a file is what evidence of it is bound by', async () => {
  const { workspace, head, agent, grc } = await givenRecord();
  const bytes = Buffer.from('a,b\n1,2\n');
  await transact((client) =>
    recordEvidence(client, grc, {
      agentId: agent.id,
      kind: 'attachment',
      title: 'Sheet',
      outcome: 'given',
      summary: 'A sheet.',
      detail: {},
      producedAt: new Date(),
      origin: 'attached',
      file: {
        name: 'a.csv',
        mediaType: 'text/csv',
        bytes,
        digest: createHash('sha256').update(bytes).digest('hex'),
      },
    }),
  );
  expect(verifyText(await exported(head))).toMatchObject({ verified: { files: 1 } });
  // With its bytes too, which are digested again.
  const whole = await exported(head, {}, { files: true });
  expect(whole).toContain(bytes.toString('base64'));
  expect(verifyText(whole)).toMatchObject({ verified: { files: 0, counts: { file: 1 } } });
  await asSuperuser(`UPDATE evidence_file SET bytes = 'a,b' WHERE workspace_id = $1`, [workspace.id]);
  expect(verifyText(await exported(head, {}, { files: true }))).toMatchObject({
    fault: { code: 'evidence', message: expect.stringContaining('is not what its digest is of') },
  });
  await asSuperuser('DELETE FROM evidence_file WHERE workspace_id = $1', [workspace.id]);
  expect(verifyText(await exported(head, {}, { files: true }))).toMatchObject({
    fault: { code: 'missing', message: expect.stringContaining('The file a.csv') },
  });
  await asSuperuser(
    `UPDATE evidence SET digest = repeat('0', 64) WHERE workspace_id = $1 AND kind = 'attachment'`,
    [workspace.id],
  );
  expect(await faultOf(head)).toMatchObject({ code: 'contradiction' });
});

test('only who may read the audit log exports it, and not many at once', async () => {
  const { workspace, head } = await givenRecord();
  const qa = await givenPerson(workspace, ['qa']);
  await expect(exportRecord(qa, ALL).next()).rejects.toMatchObject({ code: 'forbidden' });
  const under = [exportRecord(head, ALL), exportRecord(head, ALL)];
  for (const each of under) await each.next();
  await expect(exportRecord(head, ALL).next()).rejects.toMatchObject({ code: 'rate_limited' });
  for (const each of under) await each.return(undefined);
  expect(await faultOf(head)).toBeNull();
});

test('an export whose connection ends while its reader is slow breaks off, and nothing besides', async () => {
  const { head } = await givenRecord();
  const pieces = exportRecord(head, ALL);
  await pieces.next();
  await db().query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`,
  );
  // Events of sockets come in a turn of their own.
  await setImmediate();
  await expect(pieces.next()).rejects.toThrow();
  expect(await faultOf(head)).toBeNull();
});
