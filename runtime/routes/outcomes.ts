import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { outcomeSchema, reportCompensation } from '@/lib/services/compensations/report';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import { reportCodeRollback } from '@/lib/services/rollbacks/code-rollback';
import { parseWith } from '../parse-with';
import { presentedKey } from '../presented-key';

interface Asked {
  Params: { id: string };
}
const id = z.uuid();

/**
 * `POST /v1/compensations/{id}` and `POST /v1/code-rollbacks/{id}`: whoever was asked by webhook to undo a call, or to take
 * code back, says how it ended.
 */
export const outcomeRoutes: FastifyPluginCallback = (server, _options, done) => {
  server.post<Asked>('/v1/compensations/:id', async (request) => {
    const actor = await authenticateKey(presentedKey(request), request.ip);
    const outcome = parseWith(outcomeSchema, request.body, 'body');
    return reportCompensation(actor, { id: parseWith(id, request.params.id, 'compensation id'), ...outcome });
  });

  server.post<Asked>('/v1/code-rollbacks/:id', async (request) => {
    const actor = await authenticateKey(presentedKey(request), request.ip);
    const outcome = parseWith(outcomeSchema, request.body, 'body');
    return reportCodeRollback(actor, {
      id: parseWith(id, request.params.id, 'code rollback id'),
      ...outcome,
    });
  });
  done();
};
