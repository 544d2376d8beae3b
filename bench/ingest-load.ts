/**
 * The load, in a process of its own: posts prepared bodies over a fixed number of connections, each one after the
 * other, and prints how long it took until the last was answered 200.
 *
 *   tsx bench/ingest-load.ts <bodies file> <url> <key> <connections>
 */
import http from 'node:http';
import { unpack } from './ingest-bodies';

const [file = '', url = '', key = '', connections = '16'] = process.argv.slice(2);
const bodies = unpack(file);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });

function post(body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-length': body.length,
          authorization: `Bearer ${key}`,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function connection(): Promise<void> {
  for (let body = bodies.shift(); body !== undefined; body = bodies.shift()) {
    const status = await post(body);
    if (status !== 200) throw new Error(`answered ${status}`);
  }
}

const began = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(connections) }, connection));
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - began) / 1e9 }));
process.exit(0);
