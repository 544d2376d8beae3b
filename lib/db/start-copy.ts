import type { PoolClient } from 'pg';
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams';

/**
 * Begins a `COPY … FROM STDIN`; what is written to the stream goes to the server, and `finish` comes when it has taken all.
 *
 * When the connection ends in between, the stream says so once, and fails again, by itself, when it is then destroyed: nobody
 * listens any more, and an error that nobody hears ends the process. So somebody always listens.
 */
export function startCopy(
  client: PoolClient,
  copy: `COPY ${string} FROM STDIN${string}`,
  options?: { highWaterMark: number },
): CopyStreamQuery {
  const stream = client.query(copyFrom(copy, options));
  stream.on('error', () => {});
  return stream;
}
