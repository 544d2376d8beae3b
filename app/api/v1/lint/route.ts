import { answerApi } from '@/lib/auth/api';
import { readContract } from '@/lib/read-contract';
import { lintText } from '@/lib/services/contracts/lint-text';

/**
 * Reads and lints the contract in the body, against this workspace's people and tools. Stores nothing. Faults are an
 * answer: `{ ok: false, issues }`, or `{ ok: true, clean, findings }`.
 */
export async function POST(request: Request): Promise<Response> {
  return answerApi(request, async (actor) =>
    Response.json(await lintText(actor, await readContract(request)), {
      headers: { 'cache-control': 'no-store' },
    }),
  );
}
