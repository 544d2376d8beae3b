import { answerApi } from '@/lib/auth/api';
import { AppError } from '@/lib/errors';
import { readContract, versionOf } from '@/lib/read-contract';
import { diffToText, diffVersions } from '@/lib/services/contracts/compare-contract';

type Context = { params: Promise<{ agent: string }> };

/** What changed between two versions, clause by clause, and the route it implies: `?to=3`, `&from=2` (else the one in force). */
export async function GET(request: Request, context: Context): Promise<Response> {
  return answerApi(request, async (actor) => {
    const query = new URL(request.url).searchParams;
    const to = versionOf(query.get('to'));
    if (to === undefined)
      throw new AppError('invalid', 'Say which version to compare with.', {
        issues: [{ path: 'to', message: 'This is missing.', expected: 'a version number' }],
      });
    const { agent } = await context.params;
    return Response.json(await diffVersions(actor, agent, versionOf(query.get('from')), to), {
      headers: { 'cache-control': 'no-store' },
    });
  });
}

/** The same from a version (`?from=`, else the one in force) to the contract in the body. Stores nothing. */
export async function POST(request: Request, context: Context): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { agent } = await context.params;
    const from = versionOf(new URL(request.url).searchParams.get('from'));
    return Response.json(await diffToText(actor, agent, from, await readContract(request)), {
      headers: { 'cache-control': 'no-store' },
    });
  });
}
