import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import { FailingStatements } from '@/lib/services/testing/failing-statements';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { decodeTraces } from '@/lib/telemetry/decode';

const CRITICAL: ContractInput['failure'] = {
  rollback: 'at-once',
  critical: ['page', 'pause', 'roll-back'],
  ladder: [{ id: 'severe', when: { breaches: 1, withinDays: 1, severity: 'critical' }, step: 'narrow' }],
};

const TABLES = [
  'incident',
  'incident_run',
  'page',
  'intervention',
  'rollback',
  'audit_entry',
  'notification',
];

let workspace: GivenWorkspace;
let agent: GivenAgent;
let key: Actor;
let bad: TestSpan;

const contract = (version: string, operator: string, failure: ContractInput['failure'] = {}) =>
  aContract({
    versioning: { contract: version },
    ownership: { operator, escalation: [{ to: operator, afterMinutes: 5 }] },
    failure,
  });

async function record(span: TestSpan): Promise<'stored' | 'refused'> {
  const { spans } = decodeTraces(Buffer.from(otlpJson([span])), 'json', Date.now());
  try {
    const refused = await recordSpans(key, spans);
    return refused.count === 0 ? 'stored' : 'refused';
  } catch {
    return 'refused';
  }
}

/** Everything the response leaves behind, so that the smallest trace of half of it shows. */
async function traces(): Promise<unknown> {
  const { rows } = await db().query(
    `SELECT (SELECT count(*) FROM span WHERE workspace_id = $1) AS spans,
            (SELECT array_agg(status ORDER BY status) FROM run WHERE workspace_id = $1) AS runs,
            (SELECT count(*) FROM breach WHERE workspace_id = $1) AS breaches,
            (SELECT count(*) FROM incident WHERE workspace_id = $1) AS incidents,
            (SELECT count(*) FROM incident_run WHERE workspace_id = $1) AS "incidentRuns",
            (SELECT count(*) FROM page WHERE workspace_id = $1) AS pages,
            (SELECT count(*) FROM outbox_message WHERE workspace_id = $1) AS outbox,
            (SELECT count(*) FROM notification WHERE workspace_id = $1) AS notifications,
            (SELECT count(*) FROM intervention WHERE workspace_id = $1) AS interventions,
            (SELECT count(*) FROM rollback WHERE workspace_id = $1) AS rollbacks,
            (SELECT v.number FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
              WHERE a.id = $2) AS "inForce",
            (SELECT array_agg(action ORDER BY id) FROM audit_entry WHERE workspace_id = $1) AS audit,
            (SELECT next_incident FROM workspace WHERE id = $1) AS next`,
    [workspace.id, agent.id],
  );
  return rows[0];
}

/** What the response to the one bad run is, in full. */
async function expectWhole(): Promise<void> {
  const after = await traces();
  expect(after).toMatchObject({
    spans: 2,
    runs: ['finished', 'paused'],
    breaches: 1,
    incidents: 1,
    incidentRuns: 1,
    interventions: 1,
    rollbacks: 1,
    inForce: 1,
    next: 2,
  });
  const { rows } = await db().query<{ action: string }>(
    `SELECT action FROM audit_entry WHERE workspace_id = $1 AND actor = 'system' ORDER BY id`,
    [workspace.id],
  );
  const actions = rows.map(({ action }) => action);
  for (const once of [
    'run.paused',
    'incident.opened',
    'contract.put-in-force',
    'incident.rolled-back',
    'page.sent',
    'ladder.step-taken',
  ])
    expect(
      actions.filter((action) => action === once),
      `${once} in ${actions.join(', ')}`,
    ).toHaveLength(1);
  const pages = await db().query<{ state: string }>(
    'SELECT state FROM page WHERE workspace_id = $1 ORDER BY step',
    [workspace.id],
  );
  // The operator was paged, and whoever comes next waits.
  expect(pages.rows.map(({ state }) => state)).toEqual(
    ['sent', 'waiting', 'waiting'].slice(0, pages.rows.length),
  );
  expect(pages.rows.length).toBeGreaterThan(1);
}

let failing: FailingStatements;

beforeEach(async () => {
  workspace = await givenWorkspace();
  const email = `${workspace.slug}-operator@example.com`;
  const dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield', email });
  await givenPerson(workspace, ['head-of-ai']);
  await createEndpoint(dana, { url: 'https://1.1.1.1/hook' });
  key = (await givenKey(workspace, ['ingest'])).actor;
  agent = await givenAgent(workspace, contract('1.0', email));
  const at = { traceId: hex(16), start: Date.now() - 90_000 };
  expect(await record(toolCall(at, 'orders.get', { orderId: 'A' }, {}))).toBe('stored');
  const second = await givenVersion(workspace, agent, contract('2.0', email, CRITICAL));
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, second.id]);
  await db().query(`SELECT pg_notify('countersign', $1)`, [
    JSON.stringify({ workspaceId: workspace.id, topic: 'agent', id: agent.id }),
  ]);
  await expect
    .poll(async () => (await contractInForce(workspace.id, agent.id))?.versionId, { timeout: 5000 })
    .toBe(second.id);
  bad = toolCall(
    { traceId: hex(16), start: Date.now() - 60_000 },
    'orders.get',
    { orderId: 'A' },
    { iban: 'DE89 3704 0044 0532 0130 00' },
  );
  failing = new FailingStatements();
});

afterEach(() => failing.restore());

describe('from breach to page', () => {
  for (const death of ['thrown', 'killed'] as const)
    it(`is not there at all, whichever statement dies (${death}), and whole when the same spans come again`, async () => {
      const before = await traces();
      const died: string[] = [];
      for (let n = 1; n <= 500; n += 1) {
        failing.arm(n, death);
        const answer = await record(bad);
        const fired = failing.disarm();
        if (fired === null) {
          expect(answer).toBe('stored');
          break;
        }
        died.push(fired);
        expect(answer, `dead at ${n}: ${fired}`).toBe('refused');
        expect(await traces(), `dead at ${n}: ${fired}`).toEqual(before);
      }
      // From the first statement to the last, and through everything that must happen between.
      expect([died[0], died.at(-1)]).toEqual(['BEGIN', 'COMMIT']);
      for (const table of TABLES)
        expect(
          died.some((text) => text.includes(`INSERT INTO ${table} `)),
          table,
        ).toBe(true);
      await expectWhole();
      expect(await record(bad)).toBe('stored');
      await expectWhole();
    }, 120_000);

  it('is there once when it was committed, nobody heard of it, and the same spans come again', async () => {
    failing.arm('COMMIT', 'unheard');
    expect(await record(bad)).toBe('refused');
    expect(failing.disarm()).toBe('COMMIT');
    await expectWhole();
    expect(await record(bad)).toBe('stored');
    await expectWhole();
  });
});
