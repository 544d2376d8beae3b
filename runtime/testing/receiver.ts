import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';

/** One delivery as it arrived. */
export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
  /** Epoch ms. */
  at: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What the next requests are answered with; the default is 204. */
  respond: (response: ServerResponse, request: Received) => void;
  /** The payload, once its signature has been verified as any receiver would; throws otherwise. */
  verified(delivery: Received, secret: string): unknown;
  close(): Promise<void>;
}

/** A real HTTP server that takes deliveries, on a port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    received: [],
    respond: (response) => response.writeHead(204).end(),
    verified(delivery, secret) {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(delivery.headers))
        if (typeof value === 'string') headers[name] = value;
      return new Webhook(secret).verify(delivery.body, headers);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const delivery = {
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        path: request.url ?? '',
        at: Date.now(),
      };
      receiver.received.push(delivery);
      receiver.respond(response, delivery);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The receiver has no port.');
  receiver.url = `http://127.0.0.1:${address.port}`;
  return receiver;
}
