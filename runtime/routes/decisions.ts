import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import { AppError } from '@/lib/errors';
import { askSchema, idempotencyKeySchema, runKeySchema } from '@/lib/services/decisions/ask';
import { DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { authenticateKey } from '@/lib/services/keys/authenticate-key';
import { parseWith } from '../parse-with';
import { presentedKey } from '../presented-key';

interface RunParams {
  Params: { key: string };
}

/**
 * `POST /v1/runs/{key}/decisions`: an agent asks before it acts. 200 with the answer once it is committed, whatever the
 * lane; a repeated question under the same idempotency key gets the first answer, marked `idempotent-replayed: true`.
 */
export const decisions: FastifyPluginCallback = (server, _options, done) => {
  const desk = new DecisionDesk();
  server.addHook('onClose', () => desk.close());

  server.post<RunParams>('/v1/runs/:key/decisions', async (request, reply) => {
    const actor = await authenticateKey(presentedKey(request), request.ip);
    const key = parseWith(runKeySchema, request.params.key, 'run key');
    const ask = parseWith(askSchema, request.body, 'body');
    const { answer, replayed } = await desk.decide(
      actor,
      key,
      ask,
      idempotencyKey(request, ask.idempotencyKey),
    );
    if (replayed) reply.header('idempotent-replayed', 'true');
    return answer;
  });
  done();
};

function idempotencyKey(request: FastifyRequest, inBody: string | undefined): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return inBody;
  const key = parseWith(idempotencyKeySchema, header, 'Idempotency-Key');
  if (inBody !== undefined && inBody !== key)
    throw new AppError(
      'invalid',
      'The Idempotency-Key header and idempotencyKey in the body differ: send one.',
    );
  return key;
}
