import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { MOST_FILE_BYTES } from '@/lib/evidence/file-kinds';
import { fileNameOf } from '@/lib/file-request';
import { formatBytes } from '@/lib/format';
import { bytesOf } from '@/lib/read-bytes';
import { attachFile } from '@/lib/services/evidence/attach';
import { versionNamed } from '@/lib/services/evidence/evidence-subject';

/** Attaches the file in the body: `?agent=…`, `&version=…` where it speaks of one, `&title=…`; its name in `x-file-name`. */
export async function POST(request: Request): Promise<Response> {
  return answerJson(async (actor) => {
    const query = new URL(request.url).searchParams;
    const name = fileNameOf(request);
    if (name === null) throw new AppError('invalid', 'The header x-file-name is missing.');
    const version = versionNamed(query.get('version'));
    const bytes = await bytesOf(
      request,
      MOST_FILE_BYTES,
      `A file may have ${formatBytes(MOST_FILE_BYTES)}. Attach a link instead.`,
    );
    return attachFile(
      actor,
      { agent: query.get('agent') ?? '', version },
      { name, bytes, title: query.get('title') ?? '' },
    );
  });
}
