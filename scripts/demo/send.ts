import { gzipSync } from 'node:zlib';
import type { DemoRun } from './trace';

/** Bodies stay well under the intake's limit and each commits on its own, so that progress is real. */
const RUNS_A_BODY = 40;
const ATTEMPTS = 20;

export interface Door {
  /** Where the runtime plane listens. */
  endpoint: string;
  key: string;
}

/** Posts runs as OTLP/JSON, in order; a plane that is busy or still starting is asked again. Throws when it refuses. */
export async function sendRuns(
  door: Door,
  runs: readonly DemoRun[],
  sent: (count: number) => void,
): Promise<void> {
  for (let from = 0; from < runs.length; from += RUNS_A_BODY) {
    const part = runs.slice(from, from + RUNS_A_BODY);
    await post(door, gzipSync(tracesOf(part)));
    sent(from + part.length);
  }
}

/** Runs as one body of OTLP/JSON. */
export function tracesOf(runs: readonly DemoRun[]): string {
  return JSON.stringify({ resourceSpans: runs.map(resourceSpans) });
}

function resourceSpans(run: DemoRun) {
  return {
    resource: {
      attributes: [
        { key: 'service.name', value: { stringValue: run.service } },
        { key: 'service.version', value: { stringValue: run.version } },
      ],
    },
    scopeSpans: [
      { scope: { name: 'opentelemetry.instrumentation.genai', version: '1.0.0' }, spans: run.spans },
    ],
  };
}

async function post(door: Door, body: Uint8Array): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${door.endpoint}/v1/traces`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${door.key}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(body),
    }).catch((error: unknown) => {
      if (attempt >= ATTEMPTS) throw error;
      return null;
    });
    if (response?.ok) {
      const answer = await response.text();
      if (answer.includes('rejectedSpans'))
        throw new Error(`The runtime plane refused spans of the demo: ${answer}`);
      return;
    }
    const again = response === null || [429, 502, 503, 504].includes(response.status);
    if (!again || attempt >= ATTEMPTS)
      throw new Error(`The runtime plane answered ${response?.status}: ${await response?.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
