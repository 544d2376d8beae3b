import { answerApi } from '@/lib/auth/api';
import { versionFileName } from '@/lib/contract/file-name';
import { printContract } from '@/lib/contract/print';
import { draftTag, draftUrl, readMatch } from '@/lib/draft-tag';
import { readContract, versionOf } from '@/lib/read-contract';
import { getContract } from '@/lib/services/contracts/get-contract';
import { pushContract } from '@/lib/services/contracts/push-contract';

/**
 * A contract: the version in force, or `?version=N`. As JSON with every default filled in when `Accept` asks for JSON;
 * else as YAML, and `?as=imported` as the very text that was imported, to download.
 */
export async function GET(
  request: Request,
  context: { params: Promise<{ agent: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { agent } = await context.params;
    const query = new URL(request.url).searchParams;
    const detail = await getContract(actor, agent, versionOf(query.get('version')));
    const headers = {
      'cache-control': 'no-store',
      etag: `"${detail.version.digest}"`,
      'x-contract-version': String(detail.version.number),
      'x-contract-label': encodeURIComponent(detail.version.label),
      'x-contract-digest': detail.version.digest,
    };
    if (query.get('as') === 'imported') {
      const name = versionFileName(detail.contract, detail.version.label);
      return new Response(detail.source, {
        headers: {
          ...headers,
          'content-type': `application/${detail.sourceFormat}; charset=utf-8`,
          'content-disposition': `attachment; filename="${name}.${detail.sourceFormat}"`,
        },
      });
    }
    if (wantsJson(request.headers.get('accept'))) return Response.json(detail.contract, { headers });
    return new Response(detail.sourceFormat === 'yaml' ? detail.source : printContract(detail.contract), {
      headers: { ...headers, 'content-type': 'application/yaml; charset=utf-8' },
    });
  });
}

/**
 * Pushes the contract in the body as a draft of this agent's, or changes the draft that was pushed before. `If-Match` with
 * a draft's ETag says which draft, whoever began it, and which revision of it the text was made on; `*` goes over whatever stands there. 201 with a new draft,
 * 200 when one was changed or it says this already, 409 when people have changed the draft meanwhile.
 */
export async function PUT(
  request: Request,
  context: { params: Promise<{ agent: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { agent } = await context.params;
    const text = await readContract(request);
    const pushed = await pushContract(actor, {
      agent,
      ...text,
      onto: readMatch(request.headers.get('if-match')),
    });
    const { draft } = pushed;
    return Response.json(
      draft === undefined ? pushed : { ...pushed, draft: { ...draft, url: draftUrl(draft.id) } },
      {
        status: pushed.outcome === 'created' ? 201 : 200,
        headers: {
          'cache-control': 'no-store',
          ...(draft === undefined ? {} : { etag: draftTag(draft), location: draftUrl(draft.id) }),
        },
      },
    );
  });
}

/** True when JSON is named and YAML is not named before it. */
function wantsJson(accept: string | null): boolean {
  const types = (accept ?? '')
    .toLowerCase()
    .split(',')
    .map((type) => type.split(';', 1)[0]?.trim());
  const json = types.indexOf('application/json');
  const yaml = types.findIndex(
    (type) => type === 'application/yaml' || type === 'text/yaml' || type === 'application/x-yaml',
  );
  return json !== -1 && (yaml === -1 || json < yaml);
}
