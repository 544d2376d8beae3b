import { describe, expect, it } from 'vitest';
import { encodeExportResponse, encodeStatus } from '@/lib/telemetry/response';
import { fromProtobuf } from '@/lib/telemetry/testing/otlp';

const json = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

describe('the answer to an export', () => {
  it('says nothing when everything was taken in', () => {
    expect(encodeExportResponse('protobuf', null)).toHaveLength(0);
    expect(encodeExportResponse('protobuf', { rejectedSpans: 0, errorMessage: '' })).toHaveLength(0);
    expect(json(encodeExportResponse('json', null))).toEqual({});
  });

  it('says how many spans were refused and why', () => {
    const partial = { rejectedSpans: 70_000, errorMessage: '70000 spans: traceId – all zero' };
    const partialSuccess = { rejectedSpans: '70000', errorMessage: partial.errorMessage };
    expect(json(encodeExportResponse('json', partial))).toEqual({ partialSuccess });
    const bytes = encodeExportResponse('protobuf', partial);
    expect(fromProtobuf(bytes, 'ExportTraceServiceResponse')).toEqual({ partialSuccess });
  });

  it('may warn without refusing anything', () => {
    const bytes = encodeExportResponse('protobuf', { rejectedSpans: 0, errorMessage: 'x'.repeat(300) });
    expect(fromProtobuf(bytes, 'ExportTraceServiceResponse')).toEqual({
      partialSuccess: { errorMessage: 'x'.repeat(300) },
    });
  });
});

describe('the body of an error', () => {
  it('is a google.rpc.Status in the encoding of the request', () => {
    const status = { code: 3, message: 'The body is not JSON' };
    expect(json(encodeStatus('json', 3, status.message))).toEqual(status);
    expect(fromProtobuf(encodeStatus('protobuf', 3, status.message), 'RpcStatus')).toEqual(status);
  });
});
