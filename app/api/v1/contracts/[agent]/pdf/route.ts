import { z } from 'zod';
import { renderContractPdf } from '@/components/contracts/pdf/contract-pdf';
import { answerApi } from '@/lib/auth/api';
import { versionFileName } from '@/lib/contract/file-name';
import { readQuery } from '@/lib/read-query';
import { getContract } from '@/lib/services/contracts/get-contract';

const querySchema = z.object({ version: z.coerce.number().int().min(1).max(999_999_999).optional() });

/** A version as a PDF to sign and file: the one in force, or `?version=N`. */
export async function GET(
  request: Request,
  context: { params: Promise<{ agent: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const { agent } = await context.params;
    const detail = await getContract(actor, agent, readQuery(querySchema, request).version);
    const name = versionFileName(detail.contract, detail.version.label);
    return new Response(new Uint8Array(await renderContractPdf(detail)), {
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="${name}.pdf"`,
        'cache-control': 'no-store',
        etag: `"${detail.version.digest}"`,
      },
    });
  });
}
