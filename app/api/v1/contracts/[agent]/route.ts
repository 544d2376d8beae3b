import { answerApi } from '@/lib/auth/api';
import { printContract } from '@/lib/contract/print';
import { AppError } from '@/lib/errors';
import { getContract } from '@/lib/services/contracts/get-contract';

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
    };
    if (query.get('as') === 'imported') {
      const name = `${detail.contract.identity.agent}-${detail.version.label}`.replace(/[^\w.-]+/g, '-');
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

function versionOf(value: string | null): number | undefined {
  if (value === null || value === 'in-force') return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new AppError('invalid', 'A version is a whole number, or "in-force".', {
    issues: [{ path: 'version', message: 'This is not a version.', expected: 'a whole number, or in-force' }],
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
