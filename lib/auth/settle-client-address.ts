import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { config } from '@/lib/config';
import { clientAddress, trusting } from './client-address';

const messageSchema = z.object({
  request: z.custom<IncomingMessage>((value) => typeof value === 'object' && value !== null),
});

/**
 * Makes `X-Forwarded-For` of every request this process takes one address that holds: Next keeps what a client wrote
 * there, and tells its routes nothing else of where they are asked from.
 */
export function settleClientAddress(): void {
  const isTrusted = trusting(config().trustedProxies);
  subscribe('http.server.request.start', (message) => {
    const { request } = messageSchema.parse(message);
    const { headers } = request;
    const written = headers['x-forwarded-for'];
    headers['x-forwarded-for'] = clientAddress(
      request.socket.remoteAddress,
      Array.isArray(written) ? written.join(',') : written,
      isTrusted,
    );
  });
}
