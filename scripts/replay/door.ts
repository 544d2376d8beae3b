import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { z } from 'zod';
import type { OutcomeSignal } from './outcomes';
import { ReplayError } from './recording';

const partialAnswer = z.object({
  partialSuccess: z
    .object({ rejectedSpans: z.coerce.number().default(0), errorMessage: z.string().default('') })
    .nullish(),
});

const signalsAnswer = z.object({
  refused: z.number(),
  signals: z.array(z.object({ result: z.string(), reason: z.string().nullable() })),
});
/** As many as one request may bring. */
const SIGNALS_AT_ONCE = 2000;

/** ExportResultCode.SUCCESS of @opentelemetry/core, which is not a dependency of ours. */
const SUCCESS = 0;

/** The runtime plane's OTLP endpoint, reached through the OpenTelemetry SDK's exporter. */
export class Door {
  private readonly url: string;
  private readonly signalsUrl: string;
  private readonly headers: Record<string, string>;
  private readonly exporter: OTLPTraceExporter;
  /** What the plane said of spans it did not keep. */
  readonly refusals: string[] = [];

  constructor(
    private readonly endpoint: string,
    key: string,
  ) {
    this.url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.signalsUrl = `${endpoint.replace(/\/+$/, '')}/v1/signals`;
    this.headers = { authorization: `Bearer ${key}` };
    this.exporter = new OTLPTraceExporter({ url: this.url, headers: this.headers, timeoutMillis: 60_000 });
    // The exporter tells of a partial success nowhere else.
    diag.setLogger(
      {
        error: () => {},
        warn: (message, ...rest) => {
          if (message.includes('Partial Success')) this.refusals.push(rest.map(String).join(' '));
        },
        info: () => {},
        debug: () => {},
        verbose: () => {},
      },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }

  /** Sends an empty request, to learn at once whether someone listens there and takes the key. Throws ReplayError. */
  async knock(): Promise<void> {
    await this.post(new Uint8Array(0), 'application/x-protobuf');
  }

  /** Exports spans; resolves when the plane has committed them. Throws ReplayError. */
  async send(spans: ReadableSpan[]): Promise<void> {
    await new Promise<void>((sent, failed) => {
      this.exporter.export(spans, (result) => {
        if (result.code === SUCCESS) sent();
        else failed(this.failure(result.error));
      });
    });
  }

  /** Posts an OTLP/JSON request as it is. Throws ReplayError. */
  async sendJson(body: Uint8Array<ArrayBuffer>): Promise<void> {
    const answer = await this.post(body, 'application/json');
    const read = partialAnswer.safeParse(answer === '' ? {} : JSON.parse(answer));
    const partial = read.success ? read.data.partialSuccess : null;
    if (partial) this.refusals.push(`${partial.rejectedSpans} spans: ${partial.errorMessage}`);
  }

  /** Sends how runs ended. Throws ReplayError. */
  async sendOutcomes(outcomes: readonly OutcomeSignal[]): Promise<void> {
    for (let from = 0; from < outcomes.length; from += SIGNALS_AT_ONCE) {
      const body = JSON.stringify(outcomes.slice(from, from + SIGNALS_AT_ONCE));
      const answer = await this.post(Buffer.from(body), 'application/json', this.signalsUrl);
      const { refused, signals } = signalsAnswer.parse(JSON.parse(answer));
      const reason = signals.find(({ result }) => result === 'refused')?.reason ?? '';
      if (refused > 0) this.refusals.push(`${refused} outcomes: ${reason}`);
    }
  }

  private async post(body: Uint8Array<ArrayBuffer>, type: string, url = this.url): Promise<string> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': type },
      body,
    }).catch((error: unknown) => {
      throw this.failure(error instanceof Error ? error : undefined);
    });
    if (response.ok) return type === 'application/json' ? await response.text() : '';
    throw new ReplayError(this.refused(response.status, response.statusText));
  }

  private failure(error: Error | undefined): ReplayError {
    if (error === undefined) return new ReplayError('The export failed, and the exporter does not say why.');
    const code = codeOf(error) ?? codeOf(error.cause);
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH') {
      return new ReplayError(
        `Nobody listens at ${this.endpoint} (${code}). Is the runtime plane running? Name another with --endpoint.`,
      );
    }
    if (typeof code === 'number') return new ReplayError(this.refused(code, error.message));
    return new ReplayError(`${this.url} could not be reached: ${whyOf(error)}`);
  }

  private refused(status: number, why: string): string {
    if (status === 401) return `${this.endpoint} does not know this key. Is it right, and not revoked?`;
    if (status === 403)
      return `${this.endpoint} knows this key, but it may not send traces: it needs the scope "ingest".`;
    return `${this.url} answered ${status} ${why}`.trim();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What fetch says is "fetch failed"; its cause knows more. */
function whyOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}, ${error.cause.message}` : error.message;
}
