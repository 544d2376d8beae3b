import { answerApi } from '@/lib/auth/api';
import { AppError } from '@/lib/errors';
import { readContract } from '@/lib/read-contract';
import { importContract } from '@/lib/services/contracts/import-contract';
import { listContracts } from '@/lib/services/contracts/list-contracts';

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
    const imported = await importContract(actor, {
      ...(await readContract(request)),
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
