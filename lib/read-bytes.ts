import { AppError } from '@/lib/errors';

/**
 * A request's body, read no further than `maxBytes`: one that says it is longer is refused before a byte is read, one that
 * is longer than it says as soon as it is. Throws `too_large` with the given words, `invalid` for a body that breaks off.
 */
export async function bytesOf(
  request: Request,
  maxBytes: number,
  tooLarge: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const said = Number(request.headers.get('content-length') ?? '0');
  if (said > maxBytes) {
    await request.body?.cancel();
    throw new AppError('too_large', tooLarge);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const next = await reader?.read().catch((cause: unknown) => {
      throw new AppError('invalid', 'The upload broke off before its end. Nothing was kept; send it again.', {
        cause,
      });
    });
    if (next === undefined || next.done) break;
    size += next.value.byteLength;
    if (size > maxBytes) {
      await reader?.cancel();
      throw new AppError('too_large', tooLarge);
    }
    chunks.push(next.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
