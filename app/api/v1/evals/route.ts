import { answerApi } from '@/lib/auth/api';
import { EVALS_TOO_LARGE, MOST_EVAL_BYTES } from '@/lib/evidence/file-kinds';
import { safeFileName } from '@/lib/evidence/file-name';
import { fileNameOf } from '@/lib/file-request';
import { bytesOf } from '@/lib/read-bytes';
import { versionNamed } from '@/lib/services/evidence/evidence-subject';
import { recordEvals } from '@/lib/services/evidence/record-evals';

/**
 * Takes eval results for an agent (`?agent=…&version=…`; the newest version when it is left out) and answers how they stand
 * against its quality criteria. The body is promptfoo's JSON, our JSON, a JUnit report or CSV; its content says which.
 */
export async function POST(request: Request): Promise<Response> {
  return answerApi(request, async (actor) => {
    const query = new URL(request.url).searchParams;
    const name = fileNameOf(request);
    const version = versionNamed(query.get('version'));
    const bytes = await bytesOf(request, MOST_EVAL_BYTES, EVALS_TOO_LARGE);
    const { detail, ...recorded } = await recordEvals(actor, {
      agent: query.get('agent') ?? '',
      version,
      bytes,
      fileName: name === null ? null : safeFileName(name),
    });
    return Response.json(
      {
        ...recorded,
        criteria: detail.criteria,
        unbound: detail.unbound,
        unboundLeftOut: detail.unboundLeftOut,
        skipped: detail.skipped,
        errored: detail.errored,
      },
      { status: 201, headers: { 'cache-control': 'no-store' } },
    );
  });
}
