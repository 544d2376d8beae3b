/**
 * The demo's claims agent in the run that pages: it works until it learns that its run is paused, waits for a person,
 * and does what they decided. It sends telemetry and asks for its status as any agent would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Countersign } from '@/sdk/client';
import { type Door, sendRuns } from './send';
import { type DemoRun, moved, type OtlpSpan } from './trace';

const POLL_MS = 1000;
/** How long the agent may need to hear of the pause that its own spans caused. */
const PAUSE_WITHIN_MS = 30_000;

export interface ClaimsAgent {
  /** Does the claim up to the attachment with the bank details, live, and reads that its run is paused. */
  workUntilPaused(): Promise<void>;
  /** Returns when the run has come to its end: resumed and finished, or stopped. */
  followDecision(): Promise<void>;
}

export function claimsAgent(door: Door, run: DemoRun): ClaimsAgent {
  const self = new Countersign({ endpoint: door.endpoint, key: door.key, retries: 20 }).run(run.key);
  const slip = run.spans.findIndex((span) => text(span, 'gen_ai.tool.call.result').includes('IBAN'));
  const send = (spans: OtlpSpan[]) => sendRuns(door, [{ ...run, spans }], () => {});
  const first = run.spans.slice(0, slip + 1);
  const worked = millis(first.at(-1)?.endTimeUnixNano) - run.startMs;
  // After a restart only this is known: not before the workspace was made, less what had been worked.
  let began = run.startMs - worked;

  return {
    async workUntilPaused() {
      began = Date.now() - worked;
      await send(moved({ ...run, spans: first }, began).spans);
      for (const until = Date.now() + PAUSE_WITHIN_MS; Date.now() < until; await sleep(POLL_MS))
        if ((await self.status()).status !== 'running') return;
      throw new Error(`Run ${run.key} of the demo was not paused.`);
    },

    async followDecision() {
      const left = duration(run.spans.slice(slip + 1));
      let goesOnSince: number | null = null;
      for (;;) {
        const { status } = await self.status();
        if (status === 'stopped' || status === 'finished') return;
        if (status === 'stopping') {
          await self.stopped();
          return;
        }
        if (status === 'running') {
          // What is left takes its time, and is told when it is done.
          goesOnSince ??= Date.now();
          if (Date.now() - goesOnSince >= left) {
            await send(rest(run, slip, began));
            return;
          }
        } else goesOnSince = null;
        await sleep(POLL_MS);
      }
    },
  };
}

/** What is left of the claim, done now; the root spans it all from `began`, epoch ms. */
function rest(run: DemoRun, slip: number, began: number): OtlpSpan[] {
  const left = run.spans.slice(slip + 1);
  const begins = millis(left[0]?.startTimeUnixNano);
  const now = moved({ ...run, startMs: begins, spans: left }, Date.now() - duration(left)).spans;
  return now.map((span) =>
    span.parentSpanId === '' ? { ...span, startTimeUnixNano: `${Math.floor(began)}000000` } : span,
  );
}

function duration(spans: readonly OtlpSpan[]): number {
  return Math.max(...spans.map((span) => millis(span.endTimeUnixNano))) - millis(spans[0]?.startTimeUnixNano);
}

function millis(nano: string | undefined): number {
  return Number(BigInt(nano ?? '0') / 1_000_000n);
}

function text(span: OtlpSpan, key: string): string {
  const value = span.attributes.find((attribute) => attribute.key === key)?.value;
  return value !== undefined && 'stringValue' in value ? value.stringValue : '';
}
