/** Answers of the OTLP/HTTP endpoint, in the encoding the request came in. */

type OtlpEncoding = 'protobuf' | 'json';

/**
 * An `ExportTraceServiceResponse`: with `partialSuccess` only when something was rejected or there is something to say,
 * as the OTLP specification asks; otherwise empty (no bytes in protobuf, `{}` in JSON).
 */
export function encodeExportResponse(
  type: OtlpEncoding,
  partial: { rejectedSpans: number; errorMessage: string } | null,
): Uint8Array {
  if (partial === null || (partial.rejectedSpans === 0 && partial.errorMessage === '')) {
    return type === 'json' ? Buffer.from('{}') : new Uint8Array(0);
  }
  if (type === 'json') {
    // 64-bit numbers are text in OTLP/JSON.
    const partialSuccess = {
      rejectedSpans: String(partial.rejectedSpans),
      errorMessage: partial.errorMessage,
    };
    return Buffer.from(JSON.stringify({ partialSuccess }));
  }
  return bytesField(1, [...numberField(1, partial.rejectedSpans), ...textField(2, partial.errorMessage)]);
}

/**
 * A `google.rpc.Status`, the body of every OTLP/HTTP error.
 *
 * @param code a gRPC status code, e.g. 3 for an invalid argument
 */
export function encodeStatus(type: OtlpEncoding, code: number, message: string): Uint8Array {
  if (type === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Uint8Array.from([...numberField(1, code), ...textField(2, message)]);
}

const VARINT = 0;
const BYTES = 2;

/** A non-negative whole number; nothing for 0, which is the default. */
function numberField(field: number, value: number): number[] {
  return value === 0 ? [] : [(field << 3) | VARINT, ...varint(value)];
}

function textField(field: number, text: string): number[] {
  return text === '' ? [] : Array.from(bytesField(field, Buffer.from(text, 'utf8')));
}

function bytesField(field: number, bytes: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([(field << 3) | BYTES, ...varint(bytes.length), ...Array.from(bytes)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}
