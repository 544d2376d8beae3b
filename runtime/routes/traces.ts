import { Readable } from 'node:stream';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AppError } from '@/lib/errors';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { decodeTraces } from '@/lib/telemetry/decode';
import { encodeExportResponse, encodeStatus } from '@/lib/telemetry/response';
import { asAppError } from '../as-app-error';
import { presentedKey } from '../presented-key';
import { readBody } from '../read-body';
import { turn } from '../turn';

/** The OTLP specification's own limit, on the inflated size. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** All bodies being read or waiting for their commit, together; beyond it senders are told to come back. */
const LIMIT_IN_FLIGHT_BYTES = 3 * LIMIT_BYTES;

type Wire = 'protobuf' | 'json';
const CONTENT_TYPES: Record<Wire, string> = { protobuf: 'application/x-protobuf', json: 'application/json' };

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends these traces; set before the body is read. */
    sender: Actor | null;
  }
}

let inFlight = 0;

/**
 * `POST /v1/traces` as the OTLP/HTTP specification has it: protobuf or JSON, answered in kind; gzip; 200 once
 * everything is committed, with a partial success when some spans could not be kept; 400 and other 4xx for what must not
 * be sent again, 429 and 503 with Retry-After for what should.
 */
export const traces: FastifyPluginCallback = (server, _options, done) => {
  server.decorateRequest('sender', null);
  server.removeAllContentTypeParsers();
  // The body stays a stream: it is read after the key is known, under our own limit.
  server.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));

  server.setErrorHandler((error, request, reply) => {
    const failure = asAppError(error, (reference) =>
      request.log.error({ err: error, reference, route: '/v1/traces' }, 'request failed'),
    );
    if (failure.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(failure.retryAfterSeconds));
    const wire =
      wireOf(request) ?? (/json/i.test(request.headers['content-type'] ?? '') ? 'json' : 'protobuf');
    return answer(
      reply.code(failure.status),
      wire,
      encodeStatus(wire, GRPC_CODES[failure.status] ?? 2, failure.message),
    );
  });

  server.post('/v1/traces', {
    onRequest: async (request) => {
      request.sender = await authenticateKey(presentedKey(request), request.ip);
      authorize(request.sender, 'run.ingest', { workspaceId: request.sender.workspaceId });
    },
    handler: async (request, reply) => {
      const sender = request.sender;
      if (sender === null) throw new AppError('invalid_key', 'Send an API key.');
      const wire = wireOf(request);
      if (wire === null)
        throw new AppError(
          'unsupported_media',
          'Content-Type must be application/x-protobuf or application/json.',
        );
      const declared = Number(request.headers['content-length'] ?? 0);
      if (declared > LIMIT_BYTES)
        throw new AppError('too_large', 'A body may have 64 MiB, inflated. Send smaller batches.');

      const receivedAtMs = Date.now();
      let reserved = 0;
      const reserve = (bytes: number) => {
        if (inFlight + bytes > LIMIT_IN_FLIGHT_BYTES)
          throw new AppError('rate_limited', 'Too much is being taken in at once. Send it again.', {
            retryAfterSeconds: 1,
          });
        inFlight += bytes;
        reserved += bytes;
      };
      try {
        const stream = request.body instanceof Readable ? request.body : Readable.from([]);
        const body = await readBody(stream, request.headers['content-encoding'], LIMIT_BYTES, reserve);
        await turn();
        const { spans, rejected } = decodeTraces(body, wire, receivedAtMs);
        const refused = await recordSpans(sender, spans);
        if (refused.count > 0) request.log.warn(refused, 'spans could not be stored');
        const count = rejected.count + refused.count;
        const reasons = [...rejected.reasons, ...refused.reasons];
        // Without rejected spans it is a warning: an evaluation that a kept span carried could not be taken.
        const partial =
          reasons.length === 0
            ? null
            : { rejectedSpans: count, errorMessage: reasons.join('; ').slice(0, 4000) };
        return answer(reply, wire, encodeExportResponse(wire, partial));
      } finally {
        inFlight -= reserved;
      }
    },
  });
  done();
};

/** google.rpc codes, as `Status` in the answer carries them beside the HTTP status. */
const GRPC_CODES: Record<number, number> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  413: 3,
  415: 3,
  429: 8,
  503: 14,
};

function wireOf(request: FastifyRequest): Wire | null {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  return type === 'application/json' ? 'json' : null;
}

function answer(reply: FastifyReply, wire: Wire, body: Uint8Array): FastifyReply {
  return reply
    .header('content-type', CONTENT_TYPES[wire])
    .send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}
