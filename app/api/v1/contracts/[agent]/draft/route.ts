import { answerApi } from '@/lib/auth/api';
import { draftTag, draftUrl } from '@/lib/draft-tag';
import { AppError } from '@/lib/errors';
import { codeDraft } from '@/lib/services/contracts/code-draft';

/**
 * The text of the draft that was pushed from code, byte for byte; with `?any=true` of the last changed open draft, whoever
 * began it. Its ETag is what `If-Match` of a push names.
 */
export async function GET(
  request: Request,
  context: { params: Promise<{ agent: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { agent } = await context.params;
    const any = new URL(request.url).searchParams.get('any') === 'true';
    const draft = await codeDraft(actor, agent, any ? 'any' : 'code');
    if (draft === null)
      throw new AppError(
        'not_found',
        `No draft of "${agent.slice(0, 100)}" is open${any ? '' : ' that was pushed from code'}.`,
      );
    return new Response(draft.source, {
      headers: {
        'content-type': 'application/yaml; charset=utf-8',
        'cache-control': 'no-store',
        etag: draftTag(draft),
        'x-draft-revision': String(draft.revision),
        'x-draft-url': draftUrl(draft.id),
      },
    });
  });
}
