import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { hex, modelCall, otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { DecisionDesk } from './decision-desk';

const T0 = Date.UTC(2026, 5, 1, 9);
const idSchema = z.object({ id: z.string() });

function ask(desk: DecisionDesk, actor: Actor, run: string, n: number): Promise<string> {
  return new Promise((resolve, reject) =>
    desk.decide(actor, run, { tool: 'claims.get', arguments: { n } }, undefined, {
      answer: (json) => resolve(idSchema.parse(JSON.parse(json)).id),
      refuse: reject,
    }),
  );
}

it('no decision is lost, doubled or left behind when its run turns out to be part of another meanwhile', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(
    workspace,
    aContract({
      tools: { 'claims.get': { action: 'read' } },
      cost: { callsPerRun: 1_000_000, repeatedCalls: 1_000_000 },
    }),
  );
  const { actor } = await givenKey(workspace, ['ingest', 'decide'], agent);
  const send = (spans: readonly TestSpan[]) =>
    recordSpans(actor, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
  const desks = [new DecisionDesk(), new DecisionDesk()];
  try {
    for (let round = 0; round < 8; round += 1) {
      const talk = { 'gen_ai.conversation.id': `talk-${round}` };
      const [first, second] = [hex(16), hex(16)];
      await send([modelCall({ traceId: first, start: T0 }, 'gpt-4o', 1, 1)]);
      await send([modelCall({ traceId: second, start: T0, attributes: talk }, 'gpt-4o', 1, 1)]);

      // On both planes, in both runs, while the first trace is found to belong to the conversation.
      let merged = false;
      const answered: string[] = [];
      const asking = desks.flatMap((desk) =>
        [first, `talk-${round}`].map(async (run) => {
          for (let n = 0; !merged || n % 20 !== 0; n += 1) answered.push(await ask(desk, actor, run, n));
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 3));
      await send([modelCall({ traceId: first, start: T0 + 1, attributes: talk }, 'gpt-4o', 1, 1)]);
      merged = true;
      await Promise.all(asking);

      const { rows } = await db().query<{ id: string; seq: number; key: string | null }>(
        `SELECT d.id, d.seq, r.key FROM decision d LEFT JOIN run r ON r.id = d.run_id
         WHERE d.workspace_id = $1 AND d.id = ANY($2::uuid[]) ORDER BY d.seq`,
        [workspace.id, answered],
      );
      expect(rows).toHaveLength(answered.length);
      expect(new Set(rows.map(({ key }) => key))).toEqual(new Set([`talk-${round}`]));
      expect(rows.map(({ seq }) => seq)).toEqual(answered.map((_, index) => index + 1));
    }
  } finally {
    await Promise.all(desks.map((desk) => desk.close()));
  }
}, 60_000);
