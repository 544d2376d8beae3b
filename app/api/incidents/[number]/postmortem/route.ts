import { z } from 'zod';
import { renderPostmortemPdf } from '@/components/postmortems/postmortem-pdf';
import { answerApi } from '@/lib/auth/api';
import { readQuery } from '@/lib/read-query';
import { toMarkdown } from '@/lib/response/postmortem-markdown';
import { incidentNumber } from '@/lib/services/incidents/get-incident';
import { getPostmortem } from '@/lib/services/postmortems/get-postmortem';

const querySchema = z.object({ format: z.enum(['pdf', 'md']).default('pdf') });

/** An incident's postmortem as a file: `?format=pdf` or `?format=md`, with what people wrote beside it. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ number: string }> },
): Promise<Response> {
  return answerApi(request, async (actor) => {
    const number = incidentNumber((await params).number);
    const { format } = readQuery(querySchema, request);
    const detail = await getPostmortem(actor, number, new Date());
    const body =
      format === 'md'
        ? toMarkdown(
            detail.document,
            detail.annotations.notes.map((note) => ({ ...note, by: note.by.name })),
            detail.zone,
          )
        : new Uint8Array(await renderPostmortemPdf(detail));
    return new Response(body, {
      headers: {
        'content-type': format === 'md' ? 'text/markdown; charset=utf-8' : 'application/pdf',
        'content-disposition': `${format === 'md' ? 'attachment' : 'inline'}; filename="postmortem-inc-${number}.${format}"`,
        'cache-control': 'no-store',
      },
    });
  });
}
