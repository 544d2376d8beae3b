import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '@/lib/errors';

/**
 * Reads a request's body, inflating as it comes, and stops at the first byte over the limit: a gzip bomb costs no
 * more memory than an honest body.
 *
 * @param encoding the Content-Encoding header; gzip or identity
 * @param limit the most bytes the body may have once inflated
 * @param reserve called with each further count of bytes held; throws to refuse them
 * @throws AppError `too_large` over the limit, `invalid` for damaged or cut-off gzip, `unsupported_media` for another
 *   encoding
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  limit: number,
  reserve: (bytes: number) => void,
): Promise<Buffer> {
  const coding = encoding?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return collect(body, limit, reserve);
  if (coding !== 'gzip' && coding !== 'x-gzip')
    throw new AppError('unsupported_media', 'Content-Encoding must be gzip or absent.');
  const inflate = createGunzip({ chunkSize: 64 * 1024 });
  body.on('error', (error) => inflate.destroy(error));
  body.on('aborted', () =>
    inflate.destroy(new AppError('invalid', 'The request ended before its body did.')),
  );
  body.pipe(inflate);
  try {
    return await collect(inflate, limit, reserve);
  } catch (error) {
    // What is left of it must pass, or the connection's next request never would.
    body.unpipe(inflate);
    body.resume();
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', 'The gzip body is damaged or cut off.', { cause: error });
  } finally {
    inflate.destroy();
  }
}

function collect(stream: Readable, limit: number, reserve: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (act: () => void) => {
      stream
        .off('data', take)
        .off('end', ended)
        .off('error', failed)
        .off('close', closed)
        .off('aborted', closed);
      // What still comes is let through unread, so that the peer can read the answer.
      stream.on('error', () => {});
      stream.resume();
      act();
    };
    const failed = (error: Error) => settle(() => reject(error));
    const closed = () => failed(new AppError('invalid', 'The request ended before its body did.'));
    const ended = () =>
      settle(() =>
        resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length)),
      );
    const take = (chunk: Buffer) => {
      length += chunk.length;
      try {
        if (length > limit)
          throw new AppError(
            'too_large',
            `A body may have ${limit / 1024 / 1024} MiB, inflated. Send smaller batches.`,
          );
        reserve(chunk.length);
      } catch (error) {
        chunks.length = 0;
        failed(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      chunks.push(chunk);
    };
    stream.on('data', take).on('end', ended).on('error', failed).on('close', closed).on('aborted', closed);
  });
}
