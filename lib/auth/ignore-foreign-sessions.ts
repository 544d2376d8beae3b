import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { config } from '@/lib/config';

const messageSchema = z.object({
  request: z.custom<IncomingMessage>((value) => typeof value === 'object' && value !== null),
});

/**
 * Takes the cookies off every request of this process that would change something and that a page of another origin sent:
 * nobody's session acts for a page they did not mean. The cookie's own SameSite keeps other sites out, but not another
 * port of this host or another name under the same domain.
 */
export function ignoreForeignSessions(): void {
  const { dashboardUrl } = config();
  subscribe('http.server.request.start', (message) => {
    const { request } = messageSchema.parse(message);
    if (isForeign(request.method ?? '', request.headers, dashboardUrl)) delete request.headers.cookie;
  });
}

/**
 * Whether a page of another origin sent the request. Browsers say so themselves; where they do not (plain http), they name
 * the page's origin. Neither comes from other clients, nor can a page forge either.
 *
 * @param dashboardUrl where people reach the dashboard: behind a proxy the request may name another host
 */
export function isForeign(
  method: string,
  headers: IncomingMessage['headers'],
  dashboardUrl: string,
): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const { host } = new URL(origin);
  return ![headers.host, headers['x-forwarded-host'], new URL(dashboardUrl).host].includes(host);
}
