import { AppError } from '@/lib/errors';
import { decodeJson } from '@/lib/telemetry/decode-json';
import { decodeProtobuf } from '@/lib/telemetry/decode-protobuf';
import { Rejections } from '@/lib/telemetry/rejections';
import type { RawSpan } from '@/lib/telemetry/span';

export interface Decoded {
  /** In the order they were sent; a span sent twice in one body is here twice. */
  spans: RawSpan[];
  /** Spans that cannot be kept; each reason says how many it met. For the partial success of the answer. */
  rejected: { count: number; reasons: string[] };
}

/**
 * Reads the body of an OTLP/HTTP traces request (`ExportTraceServiceRequest`), already decompressed.
 *
 * A fault of one span never costs its neighbours: it is mended and marked in `faults`, or, when the span has no usable
 * id, counted in `rejected`. An empty protobuf body is an empty request.
 *
 * @param receivedAtMs when it arrived (milliseconds since the epoch); stands in for times that cannot be true
 * @throws AppError `invalid` when the body as a whole is not what `type` says, `too_large` when it holds more spans or,
 *   in JSON, more elements than one request may
 */
export function decodeTraces(body: Uint8Array, type: 'protobuf' | 'json', receivedAtMs: number): Decoded {
  const rejections = new Rejections();
  const receivedAtUs = Math.round(receivedAtMs * 1000);
  let spans: RawSpan[];
  try {
    spans =
      type === 'protobuf'
        ? decodeProtobuf(body, receivedAtUs, rejections)
        : decodeJson(body, receivedAtUs, rejections);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `The body is not an OTLP traces request in ${type}.`, { cause: error });
  }
  return { spans, rejected: rejections.summary() };
}
