import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import { takeFromSource } from '@/lib/services/signals/take-from-source';
import { takeSignals } from '@/lib/services/signals/take-signals';
import { parseWith } from '../parse-with';
import { presentedKey } from '../presented-key';

/** Bytes of a batch: room for 2,000 signals with notes. */
const LIMIT_BYTES = 4 * 1024 * 1024;
const batchSchema = z.union([z.array(z.unknown()), z.object({ signals: z.array(z.unknown()) })], {
  error: 'Expected a list of signals, or an object with such a list under "signals".',
});

interface FromSource {
  Params: { key: string };
}

/**
 * `POST /v1/signals`: a batch of measurements of quality, each answered for itself; 200 also when some were refused.
 * `POST /v1/signals/{source key}`: what a connected system posts by webhook, signed, read by the mapping of the source.
 */
export const signalRoutes: FastifyPluginCallback = (server, _options, done) => {
  server.post('/v1/signals', { bodyLimit: LIMIT_BYTES }, async (request) => {
    const actor = await authenticateKey(presentedKey(request), request.ip);
    const batch = parseWith(batchSchema, request.body, 'body');
    return takeSignals(actor, Array.isArray(batch) ? batch : batch.signals, { source: 'api' });
  });

  // What is signed are the bytes as they came.
  server.register((hooks, _hookOptions, registered) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    hooks.post<FromSource>('/v1/signals/:key', { bodyLimit: LIMIT_BYTES }, async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new AppError('invalid', 'There is no body.');
      const taken = await takeFromSource({
        key: request.params.key,
        headers: request.headers,
        body: request.body,
        address: request.ip,
      });
      return reply.code(200).send(taken);
    });
    registered();
  });
  done();
};
