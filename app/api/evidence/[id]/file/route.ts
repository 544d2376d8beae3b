import { answerApi } from '@/lib/auth/api';
import { dispositionOf } from '@/lib/evidence/file-name';
import { getFile } from '@/lib/services/evidence/get-file';

/**
 * An attached file, to be saved and never to be run: whatever it holds, no browser opens it as a page of ours. Its policy and
 * nosniff come from next.config.ts, whose headers go before a route's.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return answerApi(request, async (actor) => {
    const file = await getFile(actor, id);
    return new Response(file.bytes, {
      headers: {
        'content-type': file.mediaType,
        'content-disposition': dispositionOf(file.name),
        'cache-control': 'private, no-store',
        digest: `sha-256=${Buffer.from(file.digest, 'hex').toString('base64')}`,
      },
    });
  });
}
