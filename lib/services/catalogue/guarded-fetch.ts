import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import { config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import { formatBytes } from '@/lib/format';
import { guardedLookup, isPublicAddress } from '@/lib/services/webhooks/guard-url';

/**
 * The address of an MCP server that our server is asked to call. Throws `invalid`, at `url`, for other schemes,
 * credentials in it, and literal private addresses; names are judged when they are resolved (guard-url.ts says why).
 */
export function parseServerUrl(text: string): URL {
  const refuse = (message: string): never => {
    throw new AppError('invalid', message, {
      issues: [{ path: 'url', message: 'This address is not asked for tools.' }],
    });
  };
  const url = URL.canParse(text) ? new URL(text) : refuse('This is not a web address.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse('The address begins with https:// or http://.');
  if (url.username !== '' || url.password !== '')
    refuse('Leave name and password out of the address: use the header field, which is not kept.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !config().allowPrivateWebhooks && !isPublicAddress(host))
    refuse(`${host} is not a public address. ${INSTEAD}`);
  return url;
}

export const INSTEAD =
  'Import it from a machine that reaches it with the command line, or start Countersign with COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS=on.';

/**
 * `fetch` for addresses that people type: connects only to public ones (unless the installation says otherwise), judged
 * when the connection is made; follows no redirect.
 *
 * @param maxBytes of answers altogether; what is longer ends in an error, also told to `tooLong`, since a stream that
 *   breaks is something some readers wait over
 */
export function guardedFetch(maxBytes: number, tooLong?: (error: Error) => void): FetchLike {
  let left = maxBytes;
  const spend = (bytes: number) => {
    left -= bytes;
    if (left >= 0) return;
    const error = new Error(`Its answers are longer than ${formatBytes(maxBytes)}.`);
    tooLong?.(error);
    throw error;
  };
  return async (input, init = {}) => {
    const url = parseServerUrl(String(input));
    const request = new Request(url, init);
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    return new Promise<Response>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const sent = send(url, {
        method: request.method,
        headers: {
          ...Object.fromEntries(request.headers),
          ...(body === null ? {} : { 'content-length': body.length }),
        },
        agent: false,
        lookup: guardedLookup,
        ...(init.signal == null ? {} : { signal: init.signal }),
      });
      sent.on('error', reject);
      // A request that is answered so has no response, and no error either.
      sent.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(new Error('It wants another protocol, which is not spoken.'));
      });
      sent.on('response', (message) => {
        const headers = new Headers();
        for (let at = 0; at + 1 < message.rawHeaders.length; at += 2)
          headers.append(message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '');
        // What is no status of an answer is none for a Response either, which would throw here, where nobody catches it.
        const said = message.statusCode ?? 0;
        const status = said >= 200 && said <= 599 ? said : 502;
        const empty = status === 204 || status === 205 || status === 304;
        if (empty) message.resume();
        resolve(
          new Response(empty ? null : streamOf(message, spend), {
            status,
            headers,
          }),
        );
      });
      sent.end(body ?? undefined);
    });
  };
}

/** Cancelling it (the SDK does, of an answer it need not read) ends the connection behind it. */
function streamOf(message: IncomingMessage, spend: (bytes: number) => void): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = message[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done === true) return controller.close();
        spend(next.value.byteLength);
        controller.enqueue(new Uint8Array(next.value));
      } catch (error) {
        message.destroy();
        controller.error(error);
      }
    },
    cancel() {
      message.destroy();
    },
  });
}
