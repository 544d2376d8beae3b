import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '@/lib/auth/actor';
import { AppError } from '@/lib/errors';
import {
  askSchema,
  idempotencyKeySchema,
  plainAsk,
  plainRunKey,
  runKeySchema,
} from '@/lib/services/decisions/ask';
import { DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { authenticateKey, knownKey } from '@/lib/services/keys/authenticate-key';
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

  server.post<RunParams>('/v1/runs/:key/decisions', (request, reply) => {
    const header = presentedKey(request);
    const actor = knownKey(header);
    if (actor !== undefined) answer(desk, actor, request, reply);
    else
      authenticateKey(header, request.ip).then(
        (actor) => answer(desk, actor, request, reply),
        (error: unknown) => reply.send(error),
      );
  });
  done();
};

/** Asks the desk. Answered without a promise between: this is the path agents wait on, thousands of times a second. */
function answer(
  desk: DecisionDesk,
  actor: Actor,
  request: FastifyRequest<RunParams>,
  reply: FastifyReply,
): void {
  const refuse = (error: unknown) => {
    reply.send(error);
  };
  try {
    const { params, body } = request;
    const key = plainRunKey(params.key) ?? parseWith(runKeySchema, params.key, 'run key');
    const ask = plainAsk(body) ?? parseWith(askSchema, body, 'body');
    desk.decide(actor, key, ask, idempotencyKey(request, ask.idempotencyKey), {
      answer: (json, replayed) => {
        if (replayed) reply.header('idempotent-replayed', 'true');
        reply.header('content-type', 'application/json; charset=utf-8').send(json);
      },
      refuse,
    });
  } catch (error) {
    refuse(error);
  }
}

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
