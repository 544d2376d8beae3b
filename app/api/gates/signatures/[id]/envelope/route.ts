import { answerApi } from '@/lib/auth/api';
import { getSignature } from '@/lib/services/gates/get-signature';

/** The DSSE envelope of a signature, as a file: what anybody can verify with the public key. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { gate, agent, role, envelope } = await getSignature(actor, (await params).id);
    const name = `${agent.name}-${gate}-${role}.dsse.json`.replace(/[^\w.-]+/g, '_');
    return new Response(`${JSON.stringify(envelope, null, 2)}\n`, {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  });
}
