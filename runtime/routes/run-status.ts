import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { runKeySchema } from '@/lib/services/decisions/ask';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import { confirmStopped, runStatus } from '@/lib/services/runs/run-status';
import { parseWith } from '../parse-with';
import { presentedKey } from '../presented-key';

interface RunParams {
  Params: { key: string };
}
/** Nothing needs saying; an empty body and `{}` both do. */
const nothing = z.strictObject({}).nullish();

/**
 * `GET /v1/runs/{key}`: whether a running agent goes on, waits or stops. `POST /v1/runs/{key}/stopped`: the agent says
 * that it has stopped.
 */
export const runStatusRoutes: FastifyPluginCallback = (server, _options, done) => {
  server.get<RunParams>('/v1/runs/:key', async (request, reply) => {
    const actor = await authenticateKey(presentedKey(request), request.ip);
    reply.header('cache-control', 'no-store');
    return runStatus(actor, { key: parseWith(runKeySchema, request.params.key, 'run key') });
  });

  server.register((stopping, _stoppingOptions, registered) => {
    // Many clients name a type with every POST, also where they send nothing.
    const json = stopping.getDefaultJsonParser('error', 'error');
    stopping.removeContentTypeParser('application/json');
    stopping.addContentTypeParser<string>(
      'application/json',
      { parseAs: 'string' },
      (request, body, parsed) => (body === '' ? parsed(null, undefined) : json(request, body, parsed)),
    );
    stopping.post<RunParams>('/v1/runs/:key/stopped', async (request) => {
      const actor = await authenticateKey(presentedKey(request), request.ip);
      parseWith(nothing, request.body, 'body');
      return confirmStopped(actor, { key: parseWith(runKeySchema, request.params.key, 'run key') });
    });
    registered();
  });
  done();
};
