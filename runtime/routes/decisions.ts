import type { FastifyPluginCallback } from 'fastify';
import type { Actor } from '@/lib/auth/actor';
import { AppError } from '@/lib/errors';
import {
  askSchema,
  idempotencyKeySchema,
  plainAsk,
  plainRunKey,
  runKeySchema,
} from '@/lib/services/decisions/ask';
import type { Asker, DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { authenticateKey, knownKey } from '@/lib/services/keys/authenticate-key';
import { parseWith } from '../parse-with';
import { type Presenting, presentedKey } from '../presented-key';

interface RunParams {
  Params: { key: string };
}

/** A request for a decision, whoever read it. */
interface Question {
  readonly runKey: string;
  readonly headers: Presenting['headers'] & { readonly 'idempotency-key'?: string | string[] | undefined };
  readonly body: unknown;
}

/**
 * `POST /v1/runs/{key}/decisions`: an agent asks before it acts. 200 with the answer once it is committed, whatever the
 * lane; a repeated question under the same idempotency key gets the first answer, marked `idempotent-replayed: true`.
 *
 * Most are answered at the door (runtime/door) and never come here.
 */
export const decisions: FastifyPluginCallback<{ desk: DecisionDesk }> = (server, { desk }, done) => {
  server.addHook('onClose', () => desk.close());

  server.post<RunParams>('/v1/runs/:key/decisions', (request, reply) => {
    const { params, headers, body } = request;
    answerQuestion(desk, { runKey: params.key, headers, body }, () => request.ip, {
      answer: (json, replayed) => {
        if (replayed) reply.header('idempotent-replayed', 'true');
        reply.header('content-type', 'application/json; charset=utf-8').send(json);
      },
      refuse: (error) => {
        reply.send(error);
      },
    });
  });
  done();
};

/**
 * Answers a request for a decision. Without a promise between when its key is known: this is the path agents wait on,
 * thousands of times a second.
 *
 * @param address where it came from, asked only when its key must be looked up
 */
export function answerQuestion(
  desk: DecisionDesk,
  question: Question,
  address: () => string,
  asker: Asker,
): void {
  const header = presentedKey(question);
  const actor = knownKey(header);
  if (actor !== undefined) ask(desk, actor, question, asker);
  else
    authenticateKey(header, address()).then(
      (actor) => ask(desk, actor, question, asker),
      (error: unknown) => asker.refuse(error),
    );
}

function ask(desk: DecisionDesk, actor: Actor, { runKey, headers, body }: Question, asker: Asker): void {
  try {
    const key = plainRunKey(runKey) ?? parseWith(runKeySchema, runKey, 'run key');
    const ask = plainAsk(body) ?? parseWith(askSchema, body, 'body');
    const idempotencyKey = idempotencyKeyOf(headers['idempotency-key'], ask.idempotencyKey);
    desk.decide(actor, key, ask, idempotencyKey, asker);
  } catch (error) {
    asker.refuse(error);
  }
}

function idempotencyKeyOf(
  header: string | string[] | undefined,
  inBody: string | undefined,
): string | undefined {
  if (header === undefined) return inBody;
  const key = parseWith(idempotencyKeySchema, header, 'Idempotency-Key');
  if (inBody !== undefined && inBody !== key)
    throw new AppError(
      'invalid',
      'The Idempotency-Key header and idempotencyKey in the body differ: send one.',
    );
  return key;
}
