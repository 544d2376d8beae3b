import { answerApi } from '@/lib/auth/api';
import { getReceipt } from '@/lib/services/receipts/get-receipts';

/** A run's receipt as a file: a DSSE envelope that `npx countersign verify` reads. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string; receipt: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { id, receipt } = await params;
    const { run, madeAt, envelope } = await getReceipt(actor, { runId: id, id: receipt });
    const name = `receipt-${run.slice(0, 80)}-${madeAt.slice(0, 10)}.json`.replace(/[^\w.-]+/g, '_');
    return new Response(`${JSON.stringify(envelope, null, 2)}\n`, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  });
}
