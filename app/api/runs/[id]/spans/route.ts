import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listRunSpans, spanListSchema } from '@/lib/services/runs/list-run-spans';

export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answerJson(async (actor) =>
    listRunSpans(actor, (await params).id, readQuery(spanListSchema, request).part),
  );
}
