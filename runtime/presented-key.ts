import type { FastifyRequest } from 'fastify';

/** The API key as it was sent: `Authorization: Bearer <key>`, or `x-api-key: <key>` where that is all a client can set. */
export function presentedKey(request: FastifyRequest): string | undefined {
  const own = request.headers['x-api-key'];
  return typeof own === 'string' && request.headers.authorization === undefined
    ? `Bearer ${own}`
    : request.headers.authorization;
}
