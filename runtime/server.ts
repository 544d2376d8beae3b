import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  LogController,
} from 'fastify';
import pino from 'pino';
import { clientAddress, trusting } from '@/lib/auth/client-address';
import { AppError } from '@/lib/errors';
import { DecisionDesk } from '@/lib/services/decisions/decision-desk';
import { databaseAnswers } from '@/lib/services/health/database-answers';
import { asAppError } from './as-app-error';
import { Door } from './door/door';
import { answerQuestion, decisions } from './routes/decisions';
import { outcomeRoutes } from './routes/outcomes';
import { runStatusRoutes } from './routes/run-status';
import { signalRoutes } from './routes/signals';
import { traces } from './routes/traces';

/** Bodies of the JSON routes; traces have a limit of their own. */
const JSON_LIMIT_BYTES = 1024 * 1024;

const TRACES = '/v1/traces';

/** How long requests in progress may take once the server closes. */
const CLOSE_WITHIN_MS = 10_000;

export interface ServerOptions {
  /** pino level; "silent" in tests. Contents of requests are never logged. */
  logLevel?: string;
  /** Addresses and ranges of the proxies whose `X-Forwarded-For` is believed; none when left out. */
  trustedProxies?: readonly string[];
}

/** The runtime plane, not yet listening. `close()` lets requests in progress end first. */
export function buildServer(options: ServerOptions = {}): FastifyInstance {
  const logger: FastifyBaseLogger = pino({
    level: options.logLevel ?? 'info',
    serializers: { err: describeError },
  });
  const failureOf = (error: unknown, route: string | undefined) =>
    asAppError(error, (reference) => logger.error({ err: error, reference, route }, 'request failed'));
  const isTrusted = trusting(options.trustedProxies ?? []);
  const server = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request would cost more than reading it; what is logged has a reference of its own.
    childLoggerFactory: (parent) => parent,
    bodyLimit: JSON_LIMIT_BYTES,
    // What a run is called may be 256 characters long, each up to twelve when it is encoded; the routes say what is too long.
    routerOptions: { maxParamLength: 4096 },
    // What fails before any route is found, such as an address that cannot be decoded.
    frameworkErrors: (error, _request, { raw }) => {
      const failure = failureOf(error, undefined);
      raw.writeHead(failure.status, { 'content-type': 'application/json; charset=utf-8' });
      raw.end(JSON.stringify(failure));
    },
    // `request.ip` counts wrong keys: it must not be what the guesser writes into a header.
    trustProxy: isTrusted,
    // A peer that sends half a request, or nothing, does not hold a socket for ever.
    requestTimeout: 60_000,
    connectionTimeout: 0,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
  });

  server.setErrorHandler((error: FastifyError | AppError, request, reply) => {
    const failure = failureOf(error, request.routeOptions.url);
    if (failure.retryAfterSeconds !== undefined)
      reply.header('retry-after', String(failure.retryAfterSeconds));
    return reply.code(failure.status).send(failure.toJSON());
  });
  server.setNotFoundHandler(() => {
    throw new AppError('not_found', 'There is no such address here. Traces go to POST /v1/traces.');
  });

  /** Liveness: the process turns its event loop. */
  server.get('/healthz', async () => ({ status: 'ok' }));
  /** Readiness: the database answers, so that what is sent can be kept. */
  server.get('/readyz', async () => {
    if (!(await databaseAnswers()))
      throw new AppError('unavailable', 'The database does not answer.', { retryAfterSeconds: 2 });
    return { status: 'ready' };
  });

  const desk = new DecisionDesk();
  const door = new Door(server.server, {
    answer: (request, from, asker) =>
      answerQuestion(
        desk,
        request,
        () => clientAddress(from.remoteAddress, request.headers['x-forwarded-for'], isTrusted),
        asker,
      ),
    failure: (error) => failureOf(error, '/v1/runs/:key/decisions'),
  });

  // JSON is all that is read; traces have parsers of their own, and come zipped too.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async ({ headers, routeOptions }) => {
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity' && routeOptions.url !== TRACES)
      throw new AppError('unsupported_media', 'Send the body as it is, without Content-Encoding.');
  });

  // A connection that falls idle after the closing began would otherwise be waited for until its peer gives it up.
  server.addHook('preClose', (done) => {
    door.close();
    const sweep = setInterval(() => server.server.closeIdleConnections(), 20);
    const force = setTimeout(() => {
      door.destroy();
      server.server.closeAllConnections();
    }, CLOSE_WITHIN_MS);
    server.server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(force);
    });
    if (!server.server.listening) {
      clearInterval(sweep);
      clearTimeout(force);
    }
    done();
  });

  // Routes, one plugin a file. A plugin that needs its own body parsing or error format is encapsulated by register().
  server.register(traces);
  server.register(decisions, { desk });
  server.register(runStatusRoutes);
  server.register(outcomeRoutes);
  server.register(signalRoutes);

  return server;
}

/** Errors in the log: what and where, never the input they were about. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: 'not an Error' };
  return {
    type: error.name,
    message: error.message.slice(0, 500),
    code: 'code' in error ? error.code : undefined,
    stack: error.stack?.slice(0, 4000),
  };
}
