/**
 * Replaying 10,000 recorded runs through another version of a contract, from their rows in PostgreSQL to the stored report,
 * beside asking the decision API the same calls run by run, as somebody would who had no backtest. Both in one run on the
 * same machine and database; the API is asked a share of the runs, one call after the other, as a run makes them.
 */
import { Countersign } from '@/sdk/client';
import { withDatabase } from './support/database';
import type { Line } from './support/line';
import { median } from './support/median';
import { start } from './support/process';

const RUNS = 10_000;
const RUNS_AT_ONCE = 500;
/** Runs whose calls are put to the API in a round. */
const ASKED = 150;
const ROUNDS = 3;
const GOAL = 20;
const SECONDS_GOAL = 10;

interface Call {
  tool: string;
  arguments: unknown;
}

/** What the run of a number does: a claim read, documents looked at, money paid. */
function callsOf(run: number): Call[] {
  const orderId = `o-${run}`;
  return [
    { tool: 'orders.get', arguments: { orderId } },
    { tool: 'policy.search', arguments: { query: `refund after ${run % 60} days` } },
    {
      tool: 'notes.add',
      arguments: { orderId, text: 'Read the order and its policy; the reason is plausible.' },
    },
    { tool: 'refunds.pay', arguments: { orderId, amount: 5 + (run % 90) } },
    { tool: 'notes.add', arguments: { orderId, text: 'Refunded by rule.' } },
  ];
}

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const { startBacktest } = await import('@/lib/services/backtests/start-backtest');
    const { backtestsOf } = await import('@/lib/services/backtests/get-backtest');
    const { closeDb } = await import('@/lib/db/pool');
    const { actor, agent, version, key } = await prepare();
    const plane = await start('plane.ts');
    try {
      const rounds: { ours: number; reference: number; seconds: number }[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const asked = await askRunByRun(plane.url, key, round);
        const began = performance.now();
        await (await startBacktest(actor, { agent: agent.name, of: { version: version.number }, days: 30 }))
          .done;
        const seconds = (performance.now() - began) / 1000;
        const { report } = await backtestsOf(actor, { versionId: version.id });
        // The runs of the API's rounds are recorded too.
        const replayed = report?.report?.runs ?? 0;
        if (replayed !== RUNS + ASKED * (round + 1) || report?.report?.moves.waits === 0)
          throw new Error(`The backtest says ${JSON.stringify(report?.report)}.`);
        rounds.push({
          ours: replayed / seconds,
          reference: ASKED / asked,
          seconds: (seconds * RUNS) / replayed,
        });
      }
      const ours = median(rounds.map((one) => one.ours));
      const seconds = median(rounds.map((one) => one.seconds));
      return [
        {
          what: `backtest of ${RUNS} recorded runs ÷ asking the decision API run by run`,
          ours,
          reference: median(rounds.map((one) => one.reference)),
          unit: 'runs/s',
          ratio: median(rounds.map((one) => one.ours / one.reference)),
          goal: GOAL,
        },
        {
          what: `backtest of ${RUNS} recorded runs, within ${SECONDS_GOAL} s`,
          ours: seconds,
          reference: SECONDS_GOAL,
          unit: 's',
          ratio: SECONDS_GOAL / seconds,
          goal: 1,
        },
      ];
    } finally {
      await plane.stop();
      await closeDb();
    }
  });
}

/** @returns seconds it took */
async function askRunByRun(endpoint: string, key: string, round: number): Promise<number> {
  const client = new Countersign({ endpoint, key });
  const began = performance.now();
  for (let asked = 0; asked < ASKED; asked += 1) {
    const self = client.run(`asked-${round}-${asked}`);
    for (const call of callsOf(asked)) await self.ask(call);
  }
  return (performance.now() - began) / 1000;
}

/** The agent with its runs recorded under one version, and another version that asks for more approvals. */
async function prepare() {
  const { aContract } = await import('@/lib/services/testing/a-contract');
  const { givenAgent, givenKey, givenPerson, givenVersion, givenWorkspace } = await import(
    '@/lib/services/testing/given'
  );
  const { hex, modelCall, otlpJson, toolCall } = await import('@/lib/services/testing/otlp');
  const { decodeTraces } = await import('@/lib/telemetry/decode');
  const { recordSpans } = await import('@/lib/services/runs/record-spans');
  const workspace = await givenWorkspace();
  const agent = await givenAgent(
    workspace,
    aContract({ cost: { perRun: 1, callsPerRun: 40, repeatedCalls: 3 } }),
  );
  const version = await givenVersion(
    workspace,
    agent,
    aContract({
      authority: {
        rules: [
          {
            id: 'small-refunds',
            tools: ['refunds.pay'],
            when: [{ field: 'arg.amount', op: '<=', value: 60 }],
            tier: 'alone',
          },
        ],
      },
    }),
  );
  const { actor: intake, secret } = await givenKey(workspace, ['ingest', 'decide'], agent);
  const now = Date.now();
  for (let first = 0; first < RUNS; first += RUNS_AT_ONCE) {
    const spans = Array.from({ length: RUNS_AT_ONCE }, (_, index) => first + index).flatMap((run) => {
      const traceId = hex(16);
      const startedAt = now - 3_600_000 - (run % 28) * 86_400_000 - run;
      return [
        modelCall({ traceId, start: startedAt }, 'gpt-4o-mini', 1800, 120),
        ...callsOf(run).map((call, step) =>
          toolCall({ traceId, start: startedAt + 500 + step * 400 }, call.tool, call.arguments, {
            ok: true,
            text: 'Nordring Repairs. Estimate for the rear bumper and two sensors. Total 812.40.',
          }),
        ),
        modelCall({ traceId, start: startedAt + 3000 }, 'gpt-4o-mini', 2600, 300),
      ];
    });
    await recordSpans(intake, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
  }
  return { actor: await givenPerson(workspace, ['engineer']), agent, version, key: secret };
}

export const measure = { name: 'backtest', run };
