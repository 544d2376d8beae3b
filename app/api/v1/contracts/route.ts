import { answerApi } from '@/lib/auth/api';
import { MAX_SOURCE, type SourceFormat } from '@/lib/contract/parse';
import { AppError } from '@/lib/errors';
import { importContract } from '@/lib/services/contracts/import-contract';
import { listContracts } from '@/lib/services/contracts/list-contracts';

const FORMATS: Record<string, SourceFormat> = {
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'application/json': 'json',
};
/** UTF-8 takes at most three bytes for each of JavaScript's characters. */
const MAX_BYTES = 3 * MAX_SOURCE;

/** The contracts of the workspace, one entry for each agent that has one. */
export async function GET(request: Request): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { rows, defaults } = await listContracts(actor);
    return Response.json({ contracts: rows, defaults }, { headers: { 'cache-control': 'no-store' } });
  });
}

/** Imports the contract in the body. `?inForce=true` lets it decide at once (people only). */
export async function POST(request: Request): Promise<Response> {
  return answerApi(request, async (actor) => {
    const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const format = FORMATS[type];
    if (format === undefined)
      throw new AppError(
        'unsupported_media',
        `Send the contract as ${Object.keys(FORMATS).join(', ')}; this was ${type === '' ? 'without a Content-Type' : `"${type.slice(0, 100)}"`}.`,
      );
    const imported = await importContract(actor, {
      source: await textOf(request),
      format,
      putInForce: asksForForce(new URL(request.url).searchParams.get('inForce')),
    });
    return Response.json(imported, {
      status: imported.added ? 201 : 200,
      headers: {
        'cache-control': 'no-store',
        location: `/api/v1/contracts/${encodeURIComponent(imported.agent)}?version=${imported.number}`,
      },
    });
  });
}

function asksForForce(value: string | null): boolean {
  if (value === null || value === 'false') return false;
  if (value === 'true') return true;
  throw new AppError('invalid', '"inForce" is true or false.', {
    issues: [{ path: 'inForce', message: 'This value is not known here.', expected: 'true or false' }],
  });
}

/** The body as text, read no further than a contract can be long. */
async function textOf(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const next = await reader?.read();
    if (next === undefined || next.done) break;
    size += next.value.byteLength;
    if (size > MAX_BYTES) {
      await reader?.cancel();
      throw new AppError(
        'too_large',
        `A contract has at most ${MAX_SOURCE.toLocaleString('en')} characters.`,
      );
    }
    chunks.push(next.value);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError('invalid', 'The body is not text in UTF-8.');
  }
}
