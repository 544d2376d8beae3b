/**
 * Two runtime planes, one of them killed with SIGKILL at random moments again and again, while incidents are opened, steps
 * of their escalation paths come due and pages are posted. In the end every step that was due has been taken by somebody, no
 * page was sent twice under two ids, none is missing at its receiver, and none came more than ten seconds after it was due.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { hex, otlpJson } from '@/lib/services/testing/otlp';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import type { Plane } from '@/runtime/testing/plane';
import { startReceiver } from '@/runtime/testing/receiver';
import { startBundled } from './bundled-plane';

const RECOVERY_MS = 10_000;
/** Steps behind the operator of each incident, so many seconds after it. */
const STEPS_S = [1, 2, 4];
const INCIDENTS_A_ROUND = 4;

const deliverySchema = z.object({
  data: z.object({ incident: z.object({ number: z.int() }), page: z.object({ id: z.string() }) }),
});

/** Answers what was found wrong. */
export async function soakPages(kills: number): Promise<string[]> {
  const workspace = await givenWorkspace();
  const path = STEPS_S.map((seconds, index) => ({
    to: `step-${index}@example.com`,
    afterMinutes: seconds / 60,
  }));
  for (const { to } of path) await givenPerson(workspace, ['operator'], { email: to });
  const operator = await givenPerson(workspace, ['operator'], { email: 'operator@example.com' });
  const receiver = await startReceiver();
  await createEndpoint(operator, { url: receiver.url, events: ['incident.opened', 'incident.escalated'] });
  const { secret } = await givenKey(workspace, ['ingest']);
  const planes: Plane[] = [await startBundled(), await startBundled()];
  let breaches = 0;
  let refused = 0;
  let slowestStartMs = 0;

  const breach = async () => {
    // Each by an agent of its own: a second breach of one would join the first one's incident.
    const name = `desk-${newId()}`;
    await givenAgent(
      workspace,
      aContract({
        identity: { agent: name },
        ownership: { operator: 'operator@example.com', escalation: path },
        failure: { low: ['page', 'pause'], medium: ['page', 'pause'] },
      }),
    );
    const now = Date.now();
    const body = otlpJson(
      [
        {
          traceId: hex(16),
          spanId: hex(8),
          name: 'execute_tool accounts.delete',
          start: now - 20,
          end: now,
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': 'accounts.delete',
            'gen_ai.tool.call.arguments': JSON.stringify({ accountId: 'A-1' }),
          },
        },
      ],
      name,
    );
    // What was not answered is sent again, as exporters do.
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const plane = planes[attempt % 2];
      const answer = await fetch(`${plane?.url ?? ''}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body,
      }).catch(() => null);
      if (answer?.status === 200) {
        breaches += 1;
        return;
      }
      refused += 1;
      await sleep(50);
    }
    throw new Error('No plane took the breach.');
  };

  for (let kill = 0; kill < kills; kill += 1) {
    const victim = kill % 2;
    const opened = Promise.all(Array.from({ length: INCIDENTS_A_ROUND }, breach));
    await sleep(randomInt(20, 1200));
    await planes[victim]?.end('SIGKILL');
    const began = Date.now();
    planes[victim] = await startBundled();
    slowestStartMs = Math.max(slowestStartMs, Date.now() - began);
    await opened;
    if ((kill + 1) % 10 === 0)
      console.log(`  ${kill + 1} kills, ${breaches} breaches, ${receiver.received.length} pages`);
  }

  const steps = breaches * (1 + STEPS_S.length);
  const waiting = async () => {
    const { rows } = await db().query<{ count: number }>(
      `SELECT (SELECT count(*) FROM page WHERE state = 'waiting')
            + (SELECT count(*) FROM outbox_message WHERE delivered_at IS NULL AND dead_at IS NULL) AS count`,
    );
    return rows[0]?.count ?? 0;
  };
  const patience = Date.now() + (STEPS_S.at(-1) ?? 0) * 1000 + 60_000;
  while ((await waiting()) > 0 && Date.now() < patience) await sleep(200);
  for (const plane of planes) await plane.end('SIGKILL');
  await receiver.close();

  const late = await db().query<{ late_ms: number; taken: number }>(
    `SELECT COALESCE(max(extract(epoch FROM ended_at - due_at) * 1000), 0)::float8 AS late_ms,
       count(*) FILTER (WHERE state = 'sent') AS taken FROM page`,
  );
  const delivered = await db().query<{ late_ms: number }>(
    `SELECT COALESCE(max(extract(epoch FROM m.delivered_at - p.due_at) * 1000), 0)::float8 AS late_ms
       FROM outbox_message m JOIN page p ON p.id = m.page_id WHERE m.channel = 'webhook'`,
  );
  /** By page: under which ids it came. */
  const arrived = new Map<string, Set<string>>();
  let repeated = 0;
  for (const { body, headers } of receiver.received) {
    const { data } = deliverySchema.parse(JSON.parse(body));
    const ids = arrived.get(data.page.id) ?? new Set();
    const id = String(headers['webhook-id']);
    if (ids.has(id)) repeated += 1;
    arrived.set(data.page.id, ids.add(id));
  }
  const doubled = [...arrived.values()].filter((ids) => ids.size > 1).length;
  const lateMs = late.rows[0]?.late_ms ?? Number.NaN;
  const deliveredMs = delivered.rows[0]?.late_ms ?? Number.NaN;
  console.log(
    `${kills} kills: ${breaches} breaches (${refused} sendings again), ${late.rows[0]?.taken} of ${steps} steps taken, ` +
      `${arrived.size} pages at the receiver, ${repeated} repeated under the same id, ${doubled} under two; ` +
      `latest step ${Math.round(lateMs)} ms, latest delivery ${Math.round(deliveredMs)} ms after it was due, slowest start ${slowestStartMs} ms`,
  );
  return [
    ...(late.rows[0]?.taken === steps ? [] : [`${late.rows[0]?.taken} steps were taken of ${steps}.`]),
    ...(arrived.size === steps ? [] : [`${arrived.size} pages arrived of ${steps}.`]),
    ...(doubled === 0 ? [] : [`${doubled} pages came under two ids.`]),
    ...(lateMs < RECOVERY_MS ? [] : [`A step was taken ${Math.round(lateMs)} ms late.`]),
    ...(deliveredMs < RECOVERY_MS ? [] : [`A page arrived ${Math.round(deliveredMs)} ms late.`]),
  ];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
